@ring1 @p1
Feature: Backend flow: training plans

  It protects what a team asks for: a plan is followed as it stands, or refused in words; it is never bent in silence. The SDK checks much of
  it on its own side; scripts and later SDKs do not, so the platform checks all of it.

  Source: tracebloc SDK 1.2.63 for names, defaults and limits; which settings are followed is our choice. The secure environments are stub
  participants, which tell what they are asked to do.

  @budget.60 @catches.plan-limits-not-checked @catches.plan-settings-dropped
  Scenario: What a plan cannot say is refused in words, and nothing is started
    Catches: a million epochs, a strategy that is dropped in silence, or a plan for another task reach the owner's machines.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has uploaded a model to start by a script
    Then the platform refuses "Ada" a plan that says:
      | setting                       | value                            | words                                                      |
      | name                          |                                  | Mandatory Fields Missing.                                  |
      | epochs                        | 0                                | epochs: must be >0                                         |
      | epochs                        | 1001                             | epochs: must be at most 1000                               |
      | epochs                        | two                              | epochs: must be a whole number                             |
      | cycles                        | 0                                | cycles: must be >0                                         |
      | cycles                        | 101                              | cycles: must be at most 100                                |
      | batch_size                    | 0                                | batch_size: must be >0                                     |
      | batch_size                    | 1000001                          | batch_size: must be at most 1000000                        |
      | seed                          | -1                               | seed: must be >-1                                          |
      | seed                          | 4294967296                       | seed: must be at most 4294967295                           |
      | validation_split              | 1                                | validation_split: must be at least 0 and below 1           |
      | validation_split              | -0.1                             | validation_split: must be at least 0 and below 1           |
      | optimizer                     | lion                             | optimizer: lion is none of adam, adamw, rmsprop            |
      | learning_rate                 | 0                                | learning_rate: {"type": "constant"                         |
      | learning_rate                 | {"type": "adaptive", "value": 1} | learning_rate: only the type constant can be done here     |
      | loss_function                 | coxph                            | loss_function: coxph does not fit tabular_classification   |
      | data_shape                    | 0                                | data_shape: Input should be greater than 0                 |
      | category                      | image_classification             | category: image_classification does not fit                |
      | framework                     | sklearn                          | framework: sklearn does not fit, the model is for pytorch  |
      | aggregation_strategy          | fedbest                          | aggregation_strategy: fedbest is none of fedavg, fedmedian |
      | aggregation_strategy          | fedmedian                        | (fedavg) and cannot do fedmedian                           |
      | aggregation_hyperparameters   | {"a": 1}                         | leave it out or send {}                                    |
      | feature_interaction           | {"a": 1}                         | leave it out or send {}                                    |
      | callbacks                     | [{'reduceLr': ['']}]             | leave it out or send []                                    |
      | layers_freeze                 | ['head']                         | leave it out or send []                                    |
      | objective                     | reg:squarederror                 | leave it out                                               |
      | upperbound_time               | 60                               | leave it out or send 0                                     |
      | shuffle                       | False                            | leave it out or send True                                  |
      | handle_missing_values         | False                            | leave it out or send True                                  |
      | normalize_features            | False                            | leave it out or send True                                  |
      | imputation_strategy           | mean                             | leave it out or send median                                |
      | encoding_strategy             | onehot                           | leave it out or send label                                 |
      | tabular_scaler                | MinMaxScaler                     | leave it out or send StandardScaler                        |
      | scaler                        | StandardScaler                   | leave it out or send MinMaxScaler                          |
      | lora_enabled                  | True                             | leave it out or send False                                 |
      | q_lora                        | True                             | leave it out or send False                                 |
      | missingness_indicators        | True                             | leave it out or send False                                 |
      | featurewise_center            | True                             | leave it out or send False                                 |
      | samplewise_std_normalization  | True                             | leave it out or send False                                 |
      | zca_whitening                 | True                             | leave it out or send False                                 |
      | rotation_range                | 10                               | leave it out or send False                                 |
      | rescale                       | 0.5                              | leave it out or send False                                 |
      | fedprox_mu                    | 0.1                              | fedprox_mu: this is no setting of a training plan          |
      | class_weights                 | {"star": 2}                      | class_weights: this is no setting of a training plan       |
      | learning_rate                 | {"type": "constant", "value": 0.1, "decay": 0.9} | decay would have no effect                 |
      | loss_function                 | {"type": "standard", "value": "mse", "weights": [1, 2]} | weights would have no effect        |
      | subdataset                    | {"trainingClasses": {"star": 1}} | data_per_class: star has 0 rows.                           |
      | subdataset                    | {"trainingClasses": {"star": -1}} | a whole number of rows is needed for each class.          |
      | subdataset                    | [1]                              | trainingClasses, whole numbers by class, is needed            |
      | subdataset                    | {"trainingClasses"               | trainingClasses, whole numbers by class, is needed            |
      | subdataset                    | {"trainingClasses": {}, "zone": 1, "age": 2} | age would have no effect; leave it out            |
      | subdataset                    | {"trainingClasses": {"star": 1}, "trainingDatasetSize": 2} | is not what trainingClasses add up to |
      | validation_split              | half                             | validation_split: must be a number                            |
      | model_parameters              | 1000000000000001                 | model_parameters: must be at most 1000000000000000            |
      | model_parameters              | -1                               | model_parameters: must be                                     |

  @budget.60 @catches.plan-falls-back-to-defaults
  Scenario: What a plan says reaches the secure environment, to the last limit, and the rest is the usual
    Catches: a setting that is renamed on one side, a default that changes under everybody, or a limit that is one too low.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has uploaded a model to start by a script
    When "Ada" starts an experiment by a script
    Then the stub participant is asked to train with:
      | setting          | value        |
      | epochs           | 1            |
      | batch_size       | 32           |
      | optimizer        | sgd          |
      | learning_rate    | 0.001        |
      | loss_function    | crossentropy |
      | validation_split | 0.2          |
      | seed             | 0            |
    And the platform has the plan of 1 epoch and 1 cycle
    When "Ada" starts an experiment by a script that says:
      | setting          | value                              |
      | epochs           | 1000                               |
      | cycles           | 100                                |
      | batch_size       | 1000000                            |
      | optimizer        | adamax                             |
      | learning_rate    | {"type": "constant", "value": 0.5} |
      | loss_function    | {"type": "standard", "value": "l1"} |
      | validation_split | 0                                  |
      | seed             | 4294967295                         |
      | category         | tabular_classification             |
      | framework        | pytorch                            |
    Then the stub participant is asked to train with:
      | setting          | value      |
      | epochs           | 1000       |
      | batch_size       | 1000000    |
      | optimizer        | adamax     |
      | learning_rate    | 0.5        |
      | loss_function    | l1         |
      | validation_split | 0.0        |
      | seed             | 4294967295 |
    And the platform has the plan of 1000 epochs and 100 cycles
    And the platform takes a plan of "Ada" that says:
      | setting                     | value                      |
      | model_parameters            | 1000000000000000           |
      | aggregation_strategy        | fedavg                     |
      | aggregation_hyperparameters | {}                         |
      | feature_interaction         | {}                         |
      | callbacks                   | [{'terminateOnNaN': ['']}] |
      | layers_freeze               | []                         |
      | objective                   | None                       |
      | upperbound_time             | 0                          |
      | shuffle                     | true                       |
      | handle_missing_values       | 1                          |
      | normalize_features          | True                       |
      | imputation_strategy         | median                     |
      | encoding_strategy           | label                      |
      | tabular_scaler              | StandardScaler             |
      | scaler                      | MinMaxScaler               |
      | lora_enabled                | false                      |
      | rotation_range              | 0                          |
      | rescale                     | 0.0                        |

  @budget.60 @catches.classes-of-one-environment-only @catches.second-attempt-takes-all-rows
  Scenario: Chosen rows are divided over environments that hold different classes, and add up
    Catches: rows that are lost in rounding, one environment that is asked for rows it has not, or classes that one of them never heard of.

    Given a stub participant is Online with these rows:
      | intent | circle | square |
      | train  | 10     | 10     |
      | test   | 5      | 5      |
    And a stub participant, whose columns stand the other way round, is Online with these rows:
      | intent | circle | triangle |
      | train  | 30     | 40       |
      | test   | 5      | 5        |
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has uploaded a model to start by a script
    Then the platform refuses "Ada" a plan that says:
      | setting    | value                               | words                                                        |
      | subdataset | {"trainingClasses": {"triangle": 5}} | subdataset: so few rows leave none for secure environment    |
    When "Ada" starts a training by a script on these rows:
      | circle | square | triangle |
      | 7      | 8      | 20       |
    Then the stub participants are asked to train on these rows:
      | stub participant | circle | square | triangle |
      | first            | 1      | 8      | 0        |
      | second           | 6      | 0      | 20       |
    And the stub participants are told that the classes are "circle, square, triangle", in this order
    And the stub participants are told to feed the model with the same columns, in the same order
    When the training of cycle 1 fails in the second environment, with exit code 1
    Then the second environment is asked to train cycle 1 a second time, as it was the first time

  @budget.60 @catches.chosen-rows-lost-in-rounding
  Scenario: All rows but one are chosen, and nobody is asked for more than there are
    Each share is rounded down at first: 8 of 9 circles are 3, 2 and 1 of those that are there, and two more.
    Catches: what rounding leaves is nobody's, or is all asked of the largest environment, which has no more.

    Given a stub participant is Online with these rows:
      | intent | circle | square |
      | train  | 4      | 2      |
      | test   | 1      | 1      |
    And a stub participant is Online with these rows:
      | intent | circle | square |
      | train  | 3      | 2      |
      | test   | 1      | 1      |
    And a stub participant is Online with these rows:
      | intent | circle | square |
      | train  | 2      | 2      |
      | test   | 1      | 1      |
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has uploaded a model to start by a script
    Then the platform refuses "Ada" a plan that says:
      | setting    | value                                             | words                              |
      | subdataset | {"trainingClasses": {"circle": 10, "square": 6}}  | data_per_class: circle has 9 rows. |
      | subdataset | {"trainingClasses": {"circle": 9, "square": 7}}   | data_per_class: square has 6 rows. |
    When "Ada" starts a training by a script on these rows:
      | circle | square |
      | 8      | 6      |
    Then the stub participants are asked to train on these rows:
      | stub participant | circle | square |
      | first            | 4      | 2      |
      | second           | 3      | 2      |
      | third            | 1      | 2      |

  @budget.60 @catches.cost-of-one-cycle-told
  Scenario: A plan that will cost more than is left is taken with a warning that says how much
    Catches: a team learns that its budget was too small when it is used up.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 40 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has uploaded a model to start by a script
    When "Ada" starts a model of 1000000000000 parameters by a script, for 2 epochs and 3 cycles
    Then the platform warns: "The plan will cost about 4.32 PetaFLOPs, 1 are left."
    When "Ada" starts a model of 200000000000 parameters by a script, for 2 epochs and 3 cycles
    Then the platform warns of nothing
    When the training of "Ada" has cost 0.136 PetaFLOPs so far
    And "Ada" starts a model of 200000000000 parameters by a script, for 2 epochs and 3 cycles
    Then the platform warns of nothing
    When the training of "Ada" has cost 0.114 PetaFLOPs so far
    And "Ada" starts a model of 200000000000 parameters by a script, for 2 epochs and 3 cycles
    Then the platform warns: "The plan will cost about 0.864 PetaFLOPs, 0.75 are left."
