@ring1 @nightly @p0 @budget.60
Feature: Training by value: rows, costs and scores are exactly what they must be

  It protects what a training is paid and judged by. Whether a model learns says little of that: it also learns on rows that it should not
  see, at a cost that is counted wrongly, and scores well with the weights of one environment alone.

  What must come out is computed a second time, apart from the platform, from the toy data and the weights that were stored. How operations
  and gCO2e are counted is our choice: three times the forward pass for networks, six a number, row and iteration for scikit-learn, and 10 W
  a core on a grid of 380 g a kWh.

  @catches.validation-rows-change-with-the-cycle @catches.epochs-ignored @catches.validation-on-training-rows
  Scenario: The rows kept back are the same in every cycle, and no epoch trains on them
    The model writes down itself what it is fed with, and takes no batch of one row, as a batch normalisation would not: the last of 33 rows
    goes with the eight before it.
    Catches: each cycle keeps other rows back, and after three of them the model has seen all that it is measured on.

    Given a secure environment is Online with 41 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    When "Ada" trains the "row recorder" by a script for 2 epochs and 2 cycles
    Then every epoch of every cycle trained on the same 33 rows, each once, in an order of its own, and was measured on the other 8

  @catches.cost-of-one-epoch-only @catches.model-not-trained @catches.cycle-measured-by-its-first-epoch
  Scenario: What a training costs grows with its rows and its epochs
    A cycle of this model costs 18 operations a row and epoch: 6 forward, and three times that.
    Catches: long trainings are as cheap as short ones, or a large hospital's as a small one's.

    Given a secure environment is Online with 80 rows to train and 10 rows to test
    And another secure environment is Online with 40 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    When "Ada" trains the "weak linear" by a script for 1 epoch and 1 cycle
    Then the training jobs have cost these operations:
      | environment | operations |
      | first       | 1152       |
      | second      | 576        |
    When "Ada" trains the "weak linear" by a script for 3 epochs and 1 cycle
    Then the training jobs have cost these operations:
      | environment | operations |
      | first       | 3456       |
      | second      | 1728       |
    And after its first epoch it measured the same as the experiment before, in each environment
    And its cycle shows the row-weighted metrics of the last epoch
    And its gCO2e fit the processor time that its jobs can have taken
    And the owner sees the processors and the memory of the machine

  @catches.own-estimator-scored
  Scenario: A scikit-learn model is averaged over two environments and scored with the average
    The labels are those of other rows, so that no two fitted models answer alike.
    Catches: each environment scores its own fitted model, and what is averaged is never looked at again.

    Given a secure environment is Online with 60 examples to train and 20 to test of "tabular classification of noise"
    And another secure environment is Online with 20 examples to train and 30 to test of "tabular classification of noise"
    And a use case for "tabular classification of noise" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    When "Ada" trains the "logistic regression" by a script for 1 epoch and 1 cycle
    Then the averaged coefficients are the row-weighted mean, and fitting them cost what its iterations cost
    When "Ada" submits cycle 1 for inference
    Then the score is the accuracy that the averaged coefficients give on all test rows
    And the jobs' logs tell "Ada" why these models cannot be trained:
      | a model that | words                                                                   |
      | is a tree    | DecisionTreeClassifier cannot be averaged over 2 secure environments     |

  @catches.chance-not-seeded
  Scenario: A model that draws by chance draws alike for the same seed
    The models draw from every source of chance that there is: Python's, numpy's and torch's.
    Catches: nobody can repeat a training, or each environment begins with a model of its own.

    Given a secure environment is Online with 40 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    When "Ada" trains models that draw by chance:
      | framework | seed |
      | pytorch   | 7    |
      | pytorch   | 7    |
      | sklearn   | 7    |
      | sklearn   | 7    |
    Then those of the same framework and seed have the same weights, and no others

  @catches.archives-read-as-one-file
  Scenario: A model in an archive of several files trains as it would in one
    The archive holds a file that is no model before the model's own, and a part of the model in a folder.
    Catches: models of several files fail in the secure environment, or another file of the archive is taken for the model.

    Given a secure environment is Online with 40 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    When "Ada" trains the "weak linear" by a script for 1 epoch and 1 cycle
    And "Ada" trains the "weak linear" in an archive by a script for 1 epoch and 1 cycle
    Then after its first epoch it measured the same as the experiment before, in each environment
    And the training jobs have cost these operations:
      | environment | operations |
      | first       | 576        |

  @catches.unusable-models-fail-without-a-word
  Scenario: A model that cannot be trained fails, and its job's log says why
    Catches: a participant whose model is wrong is told that the platform is.

    Given a secure environment is Online with 20 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    Then the jobs' logs tell "Ada" why these models cannot be trained:
      | a model that                   | words                                                                            |
      | builds no network              | the model file builds a dict, not a torch.nn.Module                              |
      | has nothing to train           | the model has no parameters to train                                             |
      | gives one answer too few       | 3 classes                                                                        |
      | answers with what is no number | the loss became nan in epoch 1                                                   |
      | breaks when it is run          | the model file cannot be run: RuntimeError: broken on purpose                    |
      | breaks when it is built        | the model cannot be built: MyModel(): ValueError: no parts                       |
      | defines nothing to build       | the model file defines no Missing                                                |
      | wants other columns            | the model fails on 16 rows of 8 features: RuntimeError                           |
      | predicts nothing               | the model file builds a StandardScaler, not a scikit-learn estimator that predicts |
      | cannot be fitted               | the estimator cannot be fitted: InvalidParameterError                            |
