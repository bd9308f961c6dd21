@ring1 @p0
Feature: Backend flow: the compute budget of a team

  It protects the owner's money and the other teams: what a team spends is counted, a run ends when its team's budget does, and nobody else's
  is touched. A run is stopped between two cycles, so that every cycle it paid for has its result.

  @budget.60 @catches.budget-not-checked-between-cycles @catches.flops-not-relayed
  Scenario: A run that uses up the budget stops between two cycles and says why
    Catches: a long run spends without end, or ends without a word that anybody understands.

    A real training job measures the cost here: a cycle of this model on 100 rows takes a bit less than a million operations.

    Given a secure environment is Online with 100 rows to train and 60 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them, with 1.5 million operations for each team
    And "the participant" has joined the use case
    When "the participant" trains the "two layer CNN" for 1 epoch and 4 cycles
    Then the experiment is "Stopped"
    And the run ended after cycle 2 of 4, which is completed
    And the SDK tells the reason "Resource: compute budget exhausted"

  @budget.30 @catches.start-allowed-without-budget @catches.flops-charged-to-every-team
  Scenario: A team without budget cannot start again, and other teams keep theirs
    Catches: every new start gives a cycle for free, or one team's run takes the budget of all.

    The secure environment is a stub participant, which says what the cycle cost.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ben" has joined the use case
    And "Ada" has started an experiment of 2 cycles by a script
    When the stub participant trains cycle 1 of "Ada", which costs 1.25 PetaFLOPs
    Then the experiment is "Stopped"
    And the SDK tells the reason "Resource: compute budget exhausted (1.25 of 1 PetaFLOPs used)"
    And "Ada" cannot start an experiment: "Your team has no compute budget left. (code: BUDGET_EXHAUSTED)"
    And the team of "Ben" has a budget of 1 PetaFLOPs, of which 0 are spent
    And "Ben" can start an experiment

  @budget.60 @catches.stopped-experiment-keeps-training
  Scenario: Stopping an experiment ends its training
    Catches: a stopped experiment only looks stopped, and goes on using the owner's machine and the team's budget.

    Given a secure environment is Online with 100 rows to train and 60 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 1000 epochs and 1 cycle
    And its first epoch is reported
    When "the participant" stops the experiment
    Then its training job ends, and is shown as asked to end
    And the experiment is "Stopped"
