@ring1 @p0
Feature: Backend flow: what ranks a team, and what of it others see

  It protects the competition: the right weights are scored, the best score counts, whichever way it is best, and what a team does is its
  own to all of its members and to nobody else.

  The secure environment is a stub participant, which says what a submission scored.

  Background:
    Given a stub participant is Online with 80 rows to train and 40 rows to test

  @budget.60 @catches.leaderboard-sorted-the-wrong-way @catches.later-of-equal-scores-first
  Scenario: Where lower is better the lowest score ranks first, and of equal ones the earlier
    Catches: a score that is an error is sorted like one that is an accuracy, a team's best is its worst, or who copies the leader leads.

    Given a use case for "tabular classification" scored by "rmse" is published on them, where lower is better
    And "Ada" has joined the use case
    And "Ben" has joined the use case
    And "Cleo" has joined the use case
    And "Ada" has trained cycle 1 of 1
    And "Ben" has trained cycle 1 of 1
    And "Cleo" has trained cycle 1 of 1
    When cycle 1 is submitted and scored, one after the other, by:
      | who  | score |
      | Ada  | 4.5   |
      | Ben  | 2.5   |
      | Ada  | 1.5   |
      | Cleo | 2.5   |
      | Ben  | 2.5   |
      | Ada  | 9.5   |
    Then the leaderboard shows:
      | rank | team | score | submissions |
      | 1    | Ada  | 1.5   | 3           |
      | 2    | Ben  | 2.5   | 2           |
      | 3    | Cleo | 2.5   | 1           |

  @budget.60 @catches.later-of-equal-scores-first
  Scenario: Of two equal scores the earlier one ranks first, and every row names what it stands for
    Catches: who repeats a score takes the rank from who had it first, or the board names another experiment than the one that scored.

    Given a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ben" has joined the use case
    And "Ada" has trained cycle 1 of 2
    And "Ben" has trained cycle 1 of 1
    When cycle 1 is submitted and scored, one after the other, by:
      | who | score |
      | Ben | 0.75  |
      | Ada | 0.75  |
      | Ben | 0.75  |
      | Ada | 0.5   |
    And the stub participant trains cycle 2 of "Ada", which costs 0.25 PetaFLOPs
    Then the leaderboard shows:
      | rank | team | score | submissions |
      | 1    | Ben  | 0.75  | 2           |
      | 2    | Ada  | 0.75  | 2           |
    And the leaderboard shows that "Ada" is ranked by the experiment of "Ada" and has 0.75 PetaFLOPs left
    And the leaderboard shows that "Ben" is ranked by the experiment of "Ben" and has 1 PetaFLOPs left

  @budget.60 @catches.latest-cycle-scored
  Scenario: An earlier cycle of several is submitted, and that cycle's weights are scored
    Catches: a team that submits an early cycle is scored with the weights of a late one.

    Given a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has trained cycle 1 of 3
    When the stub participant trains cycle 2 of "Ada", which costs 0.125 PetaFLOPs
    Then the stub participant is asked to train cycle 3 of "Ada", beginning with the weights of cycle 2
    When "Ada" submits cycle 1 for inference
    Then the stub participant is asked to score cycle 1 of "Ada" by its accuracy on the test dataset
    When the stub participant scores it with 0.625
    Then My Submissions of "Ada" shows it as Scored with 0.625, of cycle 1, submitted by "Ada"

  @budget.60 @catches.failed-submission-not-counted @catches.failed-submission-stays-pending
  Scenario: A submission whose scoring fails says so, ranks nobody, and counts for the day
    Catches: a team submits what fails halfway, and looks at the test data as often as it likes.

    Given a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has trained cycle 1 of 1
    When "Ada" submits cycle 1 for inference
    And the stub participant fails to score it
    Then My Submissions shows it as Failed, for the reason "Infra: scoring failed"
    And "Ada" is not on the leaderboard yet
    When "Ada" submits cycle 1 for inference 4 times
    Then "Ada" cannot submit cycle 1: "Your team has made its 5 submissions of today (UTC)."
    When the stub participant scores it with 0.25
    Then "Ada" sees "Team 1" on rank 1 of the leaderboard with 0.25, after 5 submissions

  @budget.60 @catches.score-lost-when-stopped
  Scenario: An experiment is stopped while a submission of it is being scored, and the score counts
    Catches: whoever stops a long run in time loses the submission that was under way.

    Given a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has trained cycle 1 of 3
    When "Ada" submits cycle 1 for inference
    And "Ada" stops the experiment
    Then the stub participant is asked to score cycle 1 of "Ada" by its accuracy on the test dataset
    When the stub participant scores it with 0.375
    Then the experiment is "Stopped"
    And the leaderboard shows:
      | rank | team | score | submissions |
      | 1    | Ada  | 0.375 | 1           |

  @budget.60 @catches.repeated-score-believed
  Scenario: What an environment says first of a submission is what counts, whatever becomes of its job
    (40 rows x 0.5 + 10 rows x 1.0) / 50 = 0.6
    Catches: a message that is delivered again counts twice, or a job that fails after its word was heard takes the score away.

    Given another stub participant is Online with 20 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has trained cycle 1 of 1
    When "Ada" submits cycle 1 for inference
    And the first environment says that it scores 0.5
    And the first environment says that it scores 0.25
    And the job that scores it ends with exit code 1 in the first environment
    And the second environment says that it scores 1.0
    And all submissions are scored
    Then My Submissions of "Ada" shows it as Scored with 0.6, of cycle 1, submitted by "Ada"
    When the first environment says that it scores 0.125
    And the job that scores it ends with exit code 1 in the second environment
    Then My Submissions of "Ada" shows it as Scored with 0.6, of cycle 1, submitted by "Ada"

  @budget.60 @catches.training-environments-alone-score
  Scenario: A score is there once every environment with test rows has scored, wherever the model was trained
    (40 rows x 0.5 + 10 rows x 1.0) / 50 = 0.6
    Catches: a submission has its score before the environments that only test have been heard.

    Given a stub participant is Online with these rows:
      | intent | circle | square |
      | test   | 5      | 5      |
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 1 cycle by a script
    When 1 of the 2 environments train cycle 1, each to an accuracy of 0.5
    Then the experiment is "Completed"
    When "Ada" submits cycle 1 for inference
    And the first environment says that it scores 0.5
    Then "Ada" is not on the leaderboard yet
    When the second environment says that it scores 1.0
    And all submissions are scored
    Then "Ada" sees "Team 1" on rank 1 of the leaderboard with 0.6, after 1 submission

  @budget.60 @catches.score-of-another-experiment-taken
  Scenario: A score is of the experiment that was submitted, or of none
    Catches: a message about one team's experiment names another team's submission, and ranks that.

    Given a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ben" has joined the use case
    And "Ada" has joined the use case
    And "Ben" has trained cycle 1 of 1
    And "Ada" has trained cycle 1 of 1
    When "Ada" submits cycle 1 for inference
    Then what the first environment reports of the experiment of "Ben" is put aside:
      | report  | words             |
      | a score | has no submission |
    When the stub participant scores it with 0.625
    Then the leaderboard shows:
      | rank | team | score | submissions |
      | 1    | Ada  | 0.625 | 1           |

  @budget.60 @catches.teammates-work-hidden @catches.addresses-shown-to-participants
  Scenario: A teammate sees all of the team's work, and nobody sees the addresses of others
    Catches: two teammates do the same work twice, or competitors learn of each other and of the owner by name.

    Given a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "the teammate" is in the team of "Ada"
    And "Ben" has joined the use case
    And "Ben" has trained cycle 1 of 1
    And "Ada" has trained cycle 1 of 2
    When "the teammate" submits cycle 1 of the experiment of "Ada" for inference 2 times
    And the stub participant scores it with 0.5
    Then My Submissions of "Ada" shows it as Scored with 0.5, of cycle 1, submitted by "the teammate"
    And "the teammate" sees the same experiments and submissions as "Ada", and can open each
    And "Ben" is shown nobody's e-mail address but the team's own
    And "Ada" is shown nobody's e-mail address but the team's own
