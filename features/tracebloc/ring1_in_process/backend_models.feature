@ring1 @p1 @budget.30
Feature: Backend flow: models on the platform, and what they are linked to

  It protects what a team brings along: a model comes back as it was uploaded last, under the name it was given, and whoever links one is told
  of all the data there is.

  Source: tracebloc SDK 1.2.63 (names of models, the answer to a link). The secure environments are stub participants.

  @catches.oldest-kept-model-fetched
  Scenario: Of a model that is kept twice, the later one counts, to each their own
    Catches: somebody mends a model, keeps it again, and goes on training and scoring the broken one.

    Given "Ada" has an account
    And "Ben" has an account
    When "Ada" keeps the "weak linear" without weights on the platform
    And "Ada" keeps the "weak linear" again, with another line
    And "Ben" keeps the "weak linear" without weights on the platform
    And "Ada" logs in with the SDK
    And "Ada" uploads the "weak linear" with the SDK
    Then "Ada" can fetch the kept "weak linear", with that line
    And "Ben" can fetch the kept "weak linear", as it was uploaded

  @catches.model-names-cut-short
  Scenario: Names with odd letters are kept as they are, and what is no name is refused
    Catches: a model or an experiment that was named in another language, or by a version, is never found again.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has uploaded a model to start by a script
    Then the platform keeps models of "Ada" under these names, and gives each back:
      | name                                                             |
      | my model (v1.2) [final]                                          |
      | a+b=c,d@e~f-g_h                                                  |
      | 3                                                                |
      | _                                                                |
      | abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl |
    And the platform keeps no model of "Ada" under these names:
      | name                                                              |
      | abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm |
      | .hidden                                                           |
      | two..dots                                                         |
      | ends with a dot.                                                  |
      | über                                                              |
      | semi;colon                                                        |
    When "Ada" starts an experiment by a script that says:
      | setting | value                                |
      | name    | Zürich, 3 µm: 'ja' & <b>日本</b> 🙂 |
    Then the experiment is shown under the name "Zürich, 3 µm: 'ja' & <b>日本</b> 🙂"

  @catches.unreadable-models-kept
  Scenario: A model file is read up to its limits, and what is wrong with one beyond them is said
    Catches: a file that is made to be large when it is read takes the platform's memory, or a good large one is refused.

    Given "Ada" has an account
    Then the platform says of these model files of "Ada":
      | file                                        | words                                               |
      | a source of 5000000 bytes                   | The model is stored.                                |
      | a source of 5000001 bytes                   | The model file is too large.                        |
      | an archive of 1000 files                    | The model is stored.                                |
      | an archive of 1001 files                    | The archive is too large.                           |
      | an archive that unpacks to 5000001 bytes    | The archive is too large.                           |
      | an archive that ends in the middle          | The archive cannot be read.                         |
      | a list of 1000000 numbers                   | too much memory                                     |
      | no Python                                   | The model file is not valid Python                  |
      | a framework that is no text                 | must set framework and category as texts            |
      | a framework that begins with half a letter  | must set framework and category as texts            |
      | a framework that ends with half a letter    | must set framework and category as texts            |

  @catches.link-tells-of-one-environment
  Scenario: Whoever links a model is told of the rows, classes and machines of all environments
    Catches: a team plans for the rows of one hospital, or for the memory of the largest machine.

    Given a stub participant is Online with these rows:
      | intent | circle | square |
      | train  | 20     | 30     |
      | test   | 5      | 5      |
    And its machine has 8 processors and 16 GB of memory
    And a stub participant is Online with these rows:
      | intent | circle | triangle |
      | train  | 10     | 45       |
      | test   | 5      | 5        |
    And its machine has 2 processors and 64 GB of memory
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    When "Ada" links a model by a script
    Then "Ada" is told of these rows of each environment:
      | environment | rows |
      | first       | 50   |
      | second      | 55   |
    And "Ada" is told of the classes "circle: 30, square: 30, triangle: 45", and that 8 columns and 3 classes fit
    And "Ada" is told how many of chosen rows each environment gives:
      | of     | circle | triangle | first | second |
      | all    | 15     | 0        | 10    | 5      |
      | all    | 0      | 9        | 0     | 9      |
      | all    | 30     | 45       | 20    | 55     |
      | first  | 20     | 0        | 20    | 0      |
      | second | 10     | 45       | 0     | 55     |
    And "Ada" is told to make do with 2 processors and 16 GB of memory
    And "Ada" cannot link the "weak linear" to the test dataset: "Dataset does not exist."

  @catches.width-taken-for-height
  Scenario: Whoever links a model for pictures is told their size and how many points to find
    Catches: pictures that are wider than high are turned, or a model for two points is taken for nine.

    Given a stub participant is Online with 12 pictures of 48 x 64 points, of which 9 are to be found
    And a use case for "keypoint detection" scored by "pck" is published on them
    And "Ada" has joined the use case
    When "Ada" links the "point finder" by a script
    Then "Ada" is told of coloured pictures, 48 wide and 64 high, and that 2 points do not fit 9
    And "Ada" cannot fetch the template "tabular_classification/pytorch/two_layer_perceptron" for it: "There is no such model."

  @budget.60 @catches.run-without-training-paused
  Scenario: A stored model is scored as it was uploaded, and the run says how it ended
    Catches: weights that nobody uploaded are scored, or a run that trains nothing is paused and never ends.

    Given a stub participant is Online with these rows:
      | intent | square | circle |
      | train  | 20     | 30     |
      | test   | 5      | 5      |
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    When "Ada" has a model with weights and tokenizer scored by a script
    Then they are told the classes "circle, square", in this order
    And the stub participant is asked to score the model with weights and tokenizer on the test dataset
    And "Ada" can neither pause nor resume the run, which is "Pending"
    When the stub participant scores the model with 0.625
    Then the run is "Completed", and My Submissions shows it as Scored with 0.625
    And "Ada" sees "Team 1" on rank 1 of the leaderboard with 0.625, after 1 submission
    When "Ada" has a model without weights and tokenizer scored by a script
    Then the stub participant is asked to score the model without weights and tokenizer on the test dataset
    When the stub participant fails to score it
    Then the run is "Failed", and it and My Submissions say "Infra: scoring failed"
    And "Ada" finds what they start under names of 1 and 200 letters, trained or not; a longer one is refused: "name: must have at most 200 letters"

  @wording.api @wording.json @wording.url @wording.method
  Scenario: A script that sends half of what is needed is told what is missing
    Catches: a script goes on with a model that was never taken, or its author asks support what a bare "400" means.
    Catches no sabotage: every row is a refusal of its own, and a defect that leaves all of them out would be none that anybody makes.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has uploaded a model to start by a script
    Then the platform answers a script of "Ada" that sends:
      | request               | sent                                                                                  | answer                                 |
      | POST /check-model/    | type=functional_test                                                                  | the model file is missing              |
      | POST /check-model/    | type=weights                                                                          | 400 INVALID_REQUEST type: functional   |
      | POST /check-model/    | type=linking_dataset&dataset_key=DATASET&model_name=nobody                            | 400 LOAD_FAILED Model File Load Failed |
      | POST /check-model/    | type=linking_dataset&dataset_key=DATASET&stored_model=nobody                          | 400 LOAD_FAILED Model File Load Failed |
      | POST /check-model/    | type=linking_dataset&dataset_key=DATASET&template=nobody                              | there is no template nobody            |
      | POST /check-model/    | type=linking_dataset&dataset_key=nobody&model_name=MODEL                              | 400 DATASET_NOT_FOUND Dataset does not |
      | POST /check-model/    | type=linking_dataset&dataset_key=DATASET&model_name=MODEL&category=tabular_regression | 409 CATEGORY_MISMATCH The model is for |
      | POST /check-model/    | type=linking_dataset&dataset_key=DATASET&model_name=MODEL&match_point=[]              | match_point: a JSON object is needed.  |
      | POST /check-model/    | type=linking_dataset&dataset_key=DATASET&model_name=MODEL&match_point={               | 400 INVALID_REQUEST match_point: not   |
      | POST /check-model/    | type=recalculate_image_count_per_edge&dataset_key=DATASET&edges_involved={}           | edges_involved: a JSON list is needed. |
      | POST /api-token-auth/ | username=ada                                                                          | 400 MANDATORY_FIELDS username and pass |
      | POST /api-token-auth/ | {"username": "ada"}                                                                   | 400 MANDATORY_FIELDS username and pass |
      | POST /api-token-auth/ | username=ada&username=ben                                                             | username: it is sent more than once    |
      | POST /api-token-auth/ | [1]                                                                                   | body: a JSON object is needed          |
      | POST /api-token-auth/ | {"username                                                                            | 400 INVALID_REQUEST body: not JSON     |
      | GET /check-model/     |                                                                                       | 405 METHOD_NOT_ALLOWED Method Not      |
      | GET /nothing/         |                                                                                       | 404 NOT_FOUND Not Found                |
