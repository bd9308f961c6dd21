@ring3 @smoke @nightly @pre-release @p0 @budget.60
@catches.weights-averaged-unweighted @catches.cycle-done-without-weights
Feature: Scenario ladder 2: one cycle, two participating environments

  It protects the averaging: each secure environment counts by the rows it trained on, and data never leaves it, only weights do.
  The environments hold different numbers of rows on purpose, since the plain mean of the weights would then be wrong.

  Background:
    Given a secure environment is Online with 120 rows to train and 60 rows to test
    And another secure environment is Online with 40 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  Scenario: Two environments' weights are averaged by their rows
    When "the participant" trains the "two layer CNN" for 1 epoch and 1 cycle
    Then one training job ran in each secure environment and succeeded
    And the weights of each participating environment are in the object store
    And the trained weights differ between the environments
    And the averaged weights equal the row-weighted mean of the trained weights
    And the accuracy of cycle 1 is better than chance
    And the experiment is "Completed"
