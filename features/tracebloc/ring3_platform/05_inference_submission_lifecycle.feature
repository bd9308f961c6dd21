@ring3 @nightly @pre-release @p0 @budget.60
Feature: Scenario ladder 5: the life of a submission for inference

  It protects what a team is ranked by: a submitted cycle is scored on the test rows inside the secure environment, the best score counts, a
  submission that fails says so, and inference-only runs of the SDK are submissions like any other.

  Background:
    Given a secure environment is Online with 100 rows to train and 60 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has trained the "two layer CNN" for 1 epoch and 1 cycle

  @catches.leaderboard-shows-latest @catches.failed-submission-stays-pending
  Scenario: The best of a team's submissions counts, and one that fails is told
    When "the participant" submits cycle 1 for inference
    Then "the participant" is on the leaderboard with rank 1 and a score better than chance
    When "the participant" trains the "weak linear" for 1 epoch and 1 cycle
    And "the participant" submits cycle 1 for inference
    Then My Submissions shows it as Scored, worse than the best
    When "the participant" trains the "small batches only" for 1 epoch and 1 cycle
    And "the participant" submits cycle 1 for inference
    Then My Submissions shows it as Failed, for the reason "Infra: scoring failed"
    And the leaderboard shows the best of 3 submissions of "the participant"

  @catches.inference-only-not-limited
  Scenario: An inference-only run is one of the day's submissions, and a refused one is none
    Given "the participant" keeps the "two layer CNN" with its trained weights on the platform
    And "the participant" keeps the "logistic regression" without weights on the platform
    When "the participant" submits cycle 1 for inference
    And "the participant" has the "two layer CNN" scored without training
    Then the inference-only run is "Completed"
    And the inference-only run has the score of the submitted cycle
    And "the participant" cannot have the "logistic regression" scored without training: "can only be scored with weights"
    When "the participant" submits cycle 1 for inference 3 times
    Then My Submissions of "the participant" shows 5 submissions
    And "the participant" cannot have the "two layer CNN" scored without training: "Your team has made its 5 submissions of today (UTC)."
