@ring1 @nightly @p0 @budget.60
Feature: Training loops: every task learns

  It protects the training pod: for each kind of task, the ingested data is read as it lies in the secure environment, the uploaded model is
  fed as the SDK promised, its loss goes down and its metric is measured on data it was not trained on.

  Each model is small and real, each dataset synthetic, each run one epoch. Chance is told in the story: where examples have one of several
  equally frequent classes, somebody guesses, and would reach the bar in fewer than one of a hundred runs; elsewhere the best answer that is
  the same for every example counts as chance, and the bar is halfway from there to a perfect model.

  @needs.mysql
  Scenario Outline: One epoch of <task> is clearly better than chance
    Catches: a new release of the training client reads pictures, texts or columns in another order, shape or scale than models expect, or
    trains and then hands over the weights it began with; every experiment still completes, with models that know nothing.

    Given a secure environment is Online with 80 examples to train and 40 to test of "<task>"
    And a use case for "<task>" scored by "<metric>" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "<model>" for 1 epoch and 1 cycle
    Then the experiment is "Completed"
    And the <metric> of cycle 1 is clearly better than chance
    When "the participant" submits cycle 1 for inference
    Then the score on the test data is clearly better than chance

    Examples:
      | task                       | metric      | model                |
      | tabular classification     | accuracy    | two layer CNN        |
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
