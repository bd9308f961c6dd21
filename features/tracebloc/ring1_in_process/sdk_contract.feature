@ring1 @nightly @p0 @budget.20 @wording.status-code
Feature: SDK contract: from a model file to a result

  It protects what a data scientist does with the published tracebloc SDK 1.2.63, unmodified, against the platform that runs: upload, link, start,
  follow, fetch, score. What the platform refuses reaches the data scientist as the type of error and in the words that the SDK promises.

  No client is installed here: the secure environment has told the platform of its rows, and nothing trains on them. Training itself is ring 3.

  Background:
    Given a secure environment without a client has reported these rows:
      | intent | circle | square | triangle |
      | train  | 20     | 30     | 50       |
      | test   | 10     | 10     | 10       |
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has logged in with the SDK

  @catches.upload-answered-with-200 @catches.link-answer-lacks-class-names @catches.class-order-by-frequency
  Scenario: A model is uploaded, linked, started and followed
    Catches: an answer that the web app still understands and that no released SDK does.

    When "the participant" uploads the "two layer CNN" with the SDK
    And "the participant" links it to the training dataset
    Then the SDK tells "the participant" that the outputs of the model mean "circle, square, triangle"
    When "the participant" chooses 12 rows of each class to train on
    And "the participant" starts the linked model for 2 epochs and 3 cycles
    Then the experiment is "Pending"
    And the platform has the plan of 2 epochs and 3 cycles
    When "the participant" stops the experiment
    Then the experiment is "Stopped"

  @catches.link-takes-any-shape @catches.link-without-joining
  Scenario: A link that the platform refuses is refused in its words
    Catches: a model that starts on data it does not fit, a stranger who learns what the data is like, or a refusal without a reason.

    Given "the stranger" has an account
    And "the stranger" has logged in with the SDK
    Then the SDK refuses links like this:
      | who             | model         | with               | dataset              | error               | words                                              |
      | the participant | two layer CNN |                    | an unknown one       | DatasetLinkingError | There is no dataset with ID: unknown.              |
      | the participant | two layer CNN |                    | an unknown one       | DatasetLinkingError | Dataset does not exist.                            |
      | the participant | two layer CNN | output_classes = 4 | the training dataset | DatasetLinkingError | model parameters do not match the dataset.         |
      | the stranger    | two layer CNN |                    | the training dataset | DatasetLinkingError | You do not have permission to perform this action. |

  Scenario: A plan is started once; linking again makes another
    Catches: an SDK that submits, and pays for, the same experiment twice.
    Catches no sabotage: the SDK itself refuses the second start, before the platform hears of it.

    Given "the participant" has started the "weak linear" for 1 epoch and 1 cycle
    When "the participant" tries to start the same plan again
    Then the SDK raises nothing and only says "already"
    And the team of "the participant" has 1 experiment
    When "the participant" links it to the training dataset
    And "the participant" starts the linked model for 1 epoch and 1 cycle
    Then the team of "the participant" has 2 experiments

  @catches.start-allowed-without-budget
  Scenario: A start without budget is refused in words and leaves nothing behind
    Catches: a team that trains for free, or a refused start that shows up as an experiment for ever.

    When the owner changes the budget of the use case to 0 PetaFLOPs
    Then "the participant" cannot start an experiment: "Your team has no compute budget left. (code: BUDGET_EXHAUSTED)"
    And the team of "the participant" has 0 experiments

  @catches.logged-out-token-still-works
  Scenario: A token that ends in mid-flow stops everything, and logging in again goes on
    Catches: an SDK that hangs, crashes or goes on for somebody else when its token has ended.

    Given "the participant" works with the SDK on a token from the environment
    And "the participant" uploads the "weak linear" with the SDK
    And "the participant" links it to the training dataset
    When "the participant" logs out on the web
    Then with the ended token the SDK tells "the participant":
      | while     | error                | words                                 |
      | starting  | APIError             | Invalid token.                        |
      | following | APIError             | Invalid token.                        |
      | linking   | DatasetLinkingError  | server returned HTTP 401 Unauthorized |
      | uploading | ModelValidationError | server returned HTTP 401              |
      | fetching  | APIError             | Invalid token.                        |
      | scoring   | APIError             | Invalid token.                        |
    When "the participant" logs in with the SDK
    And "the participant" uploads the "weak linear" with the SDK
    And "the participant" links it to the training dataset
    And "the participant" starts the linked model for 1 epoch and 1 cycle
    Then the experiment is "Pending"

  @catches.stored-model-differs-from-upload @catches.model-fetched-by-anybody
  Scenario: A stored model comes back as it was, to its owner alone
    Catches: a model file that is changed in the store, or another team that downloads it.

    Given "the participant" keeps the "weak linear" with untrained weights on the platform
    And "the rival" has joined the use case
    And "the rival" has logged in with the SDK
    When "the participant" fetches the "weak linear" with the SDK
    Then the fetched files are those that were kept, byte by byte
    When "the rival" tries to fetch the "weak linear" with the SDK
    Then the SDK raises "APIError" and says "No uploaded model named 'weak_linear' for this account."
    And nothing was fetched by "the rival"

  Scenario: A stored model is scored without training, if it has learnt anything
    Catches: a baseline run that nobody can start, or an estimator that is scored although it never saw a row.
    Catches no sabotage: what comes of the run is ring 3's; here the SDK's user hears how it began.

    Given "the participant" keeps the "weak linear" with untrained weights on the platform
    And "the participant" keeps the "logistic regression" without weights on the platform
    When "the participant" has the "weak linear" scored without training
    Then the SDK says "Scored with: your uploaded weights" to "the participant"
    And the inference-only run is "Pending"
    And "the participant" cannot have the "logistic regression" scored without training: "can only be scored with weights. (code: NO_WEIGHTS)"
    And the team of "the participant" has 1 experiment

  @catches.seed-record-outdated
  Scenario: A template of the model zoo is fetched with its weights, uploaded and started
    Catches: pretrained weights that were replaced without their record, so that nobody can fetch them.

    When "the participant" fetches the template "tabular_classification/pytorch/two_layer_perceptron" and its pretrained weights
    And "the participant" uploads the template without these weights
    Then the SDK says "has pretrained seed weights, but it was uploaded without them" to "the participant"
    When "the participant" uploads the template with these weights
    And "the participant" links it to the training dataset
    And "the participant" starts the linked model for 1 epoch and 1 cycle
    Then the experiment is "Pending"
    When "the participant" links the template "tabular_classification/pytorch/two_layer_perceptron" itself
    And "the participant" starts the linked model for 1 epoch and 1 cycle
    Then the team of "the participant" has 2 experiments

  Scenario: Participants who may combine columns are told which there are
    Catches: a dataset whose columns the SDK cannot read, so that nobody can combine them.
    Catches no sabotage: see the refusals of the same request.

    Given the owner lets participants combine columns
    When "the participant" uploads the "weak linear" with the SDK
    And "the participant" links it to the training dataset
    Then the SDK says "User can create new features for this dataset." to "the participant"
    And the SDK offers "the participant" every column of the dataset
