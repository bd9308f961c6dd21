@ring3 @smoke @nightly @pre-release @p0 @budget.60
@catches.cycle-done-without-weights
Feature: Scenario ladder 1: one cycle, one participant

  It protects the wiring: a started experiment reaches the secure environment over its queue, a training job runs the uploaded model on the
  ingested rows, the weights come back, are averaged and stored, and the cycle is visible to its team.

  The epic wants a 2-layer CNN, 1 epoch and about 100 rows. The two layers are 1-D convolutions over tabular rows: the task is tabular
  classification, whose pods have to keep the strictest security settings, and no image library is needed.

  The documents put a model on the leaderboard only after "Submit for inference"; the epic says that a cycle updates it. Both are
  checked apart: the cycle's own metric, and the leaderboard row after the submission.

  Background:
    Given a secure environment is Online with 100 rows to train and 60 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  Scenario: A single participant's cycle goes from the queue to the leaderboard
    When "the participant" trains the "two layer CNN" for 1 epoch and 1 cycle
    Then all work was taken off the queue and nothing was dead-lettered
    And one training job ran in each secure environment and succeeded
    And the weights of each participating environment are in the object store
    And the averaged weights equal the row-weighted mean of the trained weights
    And the accuracy of cycle 1 is better than chance
    And the experiment is "Completed"
    And "the participant" is not on the leaderboard yet
    When "the participant" submits cycle 1 for inference
    Then "the participant" is on the leaderboard with rank 1 and a score better than chance
