@ring1 @p0
Feature: Backend flow: the use cases of one owner keep apart

  It protects each use case from its neighbours: people who work in two of them on the same datasets have a team, a budget and a rank in each.

  The secure environment is a stub participant, which says what a cycle cost.

  @budget.60 @catches.start-allowed-without-budget @catches.use-cases-share-teams
  Scenario: Two use cases do not share budgets
    Catches: whoever has used up the budget of one use case is refused in all of the owner's, or spends the budget of the other.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And the use case is called "first"
    And another use case for "tabular classification" scored by "accuracy" is published on them
    And the use case is called "second"
    And "Ada" has joined the use case "first"
    And "Ada" has joined the use case "second"
    And from here on, it is about the use case "first"
    And "Ada" has started an experiment of 2 cycles by a script
    When the stub participant trains cycle 1 of "Ada", which costs 1.25 PetaFLOPs
    Then the experiment is "Stopped"
    And the team of "Ada" in the use case "first" has a budget of 1 PetaFLOPs, of which 1.25 are spent
    And the team of "Ada" in the use case "second" has a budget of 1 PetaFLOPs, of which 0 are spent
    And "Ada" cannot start an experiment: "Your team has no compute budget left. (code: BUDGET_EXHAUSTED)"
    When from here on, it is about the use case "second"
    Then the team of "Ada" has 0 experiments
    And "Ada" can start an experiment
    And the team of "Ada" has 1 experiment
    When "Ada" leaves the use case "first"
    Then "Ada" is the only member of their team
