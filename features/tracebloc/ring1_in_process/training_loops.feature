@ring1 @nightly @p0 @budget.60
Feature: Training loops: every task learns

  It protects the training pod: for each kind of task, the ingested data is read as it lies in the secure environment, the uploaded model is
  fed as the SDK promised, its loss goes down and its metric is measured on data it was not trained on.

  Each model is small and real, each dataset synthetic, each run one epoch. Chance is told in the story: where examples have one of several
  equally frequent classes, somebody guesses, and would reach the bar in fewer than one of a hundred runs; elsewhere the best answer that is
  the same for every example counts as chance, and the bar is halfway from there to a perfect model.

  @catches.model-not-trained @catches.untrained-weights-handed-over
  Scenario Outline: One epoch of <task> is better than chance
    Catches: a new release of the training client reads pictures, texts or columns in another order, shape or scale than models expect, or
    trains and then hands over the weights it began with; every experiment still completes, with models that know nothing.

    Given a secure environment is Online with 80 examples to train and 40 to test of "<task>"
    And a use case for "<task>" scored by "<metric>" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "<model>" for 1 epoch and 1 cycle
    Then the experiment is "Completed"
    And the <metric> of cycle 1 is better than chance
    When "the participant" submits cycle 1 for inference
    Then the score on the test data is better than chance

    Examples: A table of classes, which the reference ingestor takes too
      | task                       | metric      | model                |
      | tabular classification     | accuracy    | two layer CNN        |

    @needs.mysql
    Examples: What only the real ingestor takes
      | task                       | metric      | model                |
      | tabular regression         | rmse        | linear regression    |
      | image classification       | accuracy    | picture classifier   |
      | semantic segmentation      | mean_iou    | pixel classifier     |
      | keypoint detection         | pck         | point finder         |
      | object detection           | map_50      | box finder           |
      | text classification        | accuracy    | topic classifier     |
      | masked language modeling   | accuracy    | word guesser         |
      | time series forecasting    | rmse        | window forecaster    |
      | time series classification | accuracy    | sequence classifier  |
      | time to event prediction   | concordance | proportional hazards |

  @needs.mysql @catches.epochs-ignored @catches.metric-of-last-batch-only
  Scenario: Three epochs are three epochs, and a score is what its weights give on every test row
    Catches: a training loop that is left too early, and a metric that is measured on part of the data; both go unnoticed while models are
    good enough.

    Given a secure environment is Online with 60 examples to train and 70 to test of "tabular regression"
    And a use case for "tabular regression" scored by "rmse" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "linear regression" for 3 epochs and 1 cycle
    Then cycle 1 shows the metrics of 3 epochs
    When "the participant" submits cycle 1 for inference
    Then the score is the rmse that the stored weights give on all 70 test rows

  @catches.validation-on-training-rows
  Scenario: A model that learned by heart gets no credit for it
    The labels are those of other rows: there is nothing to learn, only to remember.
    Catches: metrics that are measured on rows the model was trained on, so that the most forgetful honest model looks worst.

    Given a secure environment is Online with 60 examples to train and 30 to test of "tabular classification of noise"
    And a use case for "tabular classification of noise" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "learner by heart" for 40 epochs and 1 cycle
    Then the experiment is "Completed"
    And the accuracy of cycle 1 is no better than chance

  @catches.test-rows-trained-on
  Scenario: Test data in the same table stays out of the training
    Catches: the query for training rows forgets what rows are meant for, and the leaderboard shows who was trained on the answers.

    Given a secure environment is Online with 60 examples to train and 40 to test of "tabular classification" in one table
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "two layer CNN" for 1 epoch and 1 cycle
    Then the weights of each participating environment are in the object store
    And the experiment is "Completed"

  @needs.mysql @catches.damaged-pictures-taken-for-black
  Scenario: A picture that cannot be read ends the training, and the job's log names it
    Catches: a disk fails slowly, and models are trained on ever less data without a word.

    Given a secure environment is Online with 20 examples to train and 10 to test of "image classification"
    And a picture of the training data is damaged
    And a use case for "image classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "picture classifier" for 1 epoch and 1 cycle
    Then the experiment is "Failed"
    And the log of every training job names the damaged picture

  @catches.chosen-rows-ignored
  Scenario: A plan that chooses rows trains on those and no others
    Catches: a choice that cannot be applied is dropped in silence, and the team pays for training on everything.

    Given a secure environment is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "two layer CNN" on 20 rows of each of the 3 classes
    Then the experiment is "Completed"
    And cycle 1 was trained on 48 rows, since one in five is kept back to measure on
