@ring1 @p0
Feature: Backend flow: collaborators come and go

  It protects what a team has done when its members change: whoever leaves is out, what was done stays, and nothing is spent twice or lost.

  tracebloc's documents say nothing of leaving. Our choice: whoever leaves sees nothing of the use case any more and comes back by another
  invitation only; experiments, submissions and the rank stay the team's. When the last member leaves, its running experiments are stopped.

  The secure environment is a stub participant, which says what was measured.

  Background:
    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case

  @budget.60 @catches.score-gone-with-member @catches.leaving-keeps-the-door-open
  Scenario: A collaborator leaves, and the score stays
    Catches: somebody changes jobs, and the team loses its rank, or a former colleague reads on.

    Given "the teammate" is in the team of "Ada"
    And "the teammate" has trained cycle 1 of 2
    When cycle 1 is submitted and scored, one after the other, by:
      | who          | score |
      | the teammate | 0.75  |
    And "Dora" is invited to the use case
    And "the teammate" leaves the use case
    Then "the teammate" can neither see nor join the use case: "You are not invited to this use case."
    And "Ada" is the only member of their team
    And the experiment of "the teammate" goes on, and "Ada" sees it
    And "Ada" sees "Team 1" on rank 1 of the leaderboard with 0.75, after 1 submission
    When "Dora" joins the use case
    Then "Dora" is the only member of their team

  @budget.60 @catches.leaving-keeps-the-door-open
  Scenario: The last of a team leaves: its training stops, its rank stays, and it is nobody's any more
    Catches: an experiment that nobody can stop goes on using the owner's machine, or a rank is made room for.

    Given "Ben" has joined the use case
    And "Cleo" has joined the use case
    And "Ben" has trained cycle 1 of 2
    When cycle 1 is submitted and scored, one after the other, by:
      | who | score |
      | Ben | 0.5   |
    And the team of "Ben" asks the team of "Ada" to merge
    And the team of "Ada" asks the team of "Ben" to merge
    And the team of "Cleo" asks the team of "Ada" to merge
    And "Ben" leaves the use case
    Then "Ada" sees these requests to merge:
      | asking | asked |
      | Cleo   | Ada   |
    And the stub participant is asked to stop the training of "Ben"
    And "Ada" sees "Team 2" on rank 1 of the leaderboard with 0.5, after 1 submission
    When "Ben" is invited to the use case
    And "Ben" joins the use case
    Then "Ben" is the only member of their team
    And the team of "Ben" has 0 experiments
    And "Ben" can start an experiment

  @budget.60 @needs.mailbox @catches.address-kept-as-typed
  Scenario: Whom a team invites lands in it: in the one that invited last, however the address is written, and from no other team
    Catches: an invitation that is repeated by the owner or another team is lost, or somebody is taken out of the team that they are in.

    Given "Ben" has joined the use case
    And "Eve" has an account
    When "Cleo" is invited to the team of "Ada"
    And "Cleo" is invited to the team of "Ben"
    And "Cleo" is invited to the use case
    And "Cleo" joins the use case
    Then "Ben" and "Cleo" are the members of "Team 2"
    And "Ada" cannot invite "Cleo" into a team: "This person is in a team of this use case already."
    And "Ada" cannot invite "Ada" into a team: "This person is in a team of this use case already."
    And "Eve" cannot invite "Cleo" into a team: "There is no such use case."
    When "Dora" is invited to the team of "Ada" by an address in capital letters
    And "Dora" joins the use case
    Then "Ada" and "Dora" are the members of "Team 1"

  @budget.60 @catches.second-merge-loses-a-budget @catches.merged-team-forgets-spending
  Scenario: A team merges twice, and no budget and no spending is lost
    Catches: the rule is written for two teams, and the third one's FLOPs disappear, or those of the first come back.

    Given "Ben" has joined the use case
    And "Cleo" has joined the use case
    And "Ada" has started an experiment of 3 cycles by a script
    And the training of "Ada" has cost 0.75 PetaFLOPs so far
    And "Ben" has started an experiment of 3 cycles by a script
    And the training of "Ben" has cost 0.5 PetaFLOPs so far
    And "Cleo" has started an experiment of 3 cycles by a script
    And the training of "Cleo" has cost 0.25 PetaFLOPs so far
    When the team of "Ada" asks the team of "Ben" to merge, which accepts
    And the team of "Ben" asks the team of "Cleo" to merge, which accepts
    Then the team of "Ada" has a budget of 3 PetaFLOPs, of which 1.5 are spent
    And the team of "Cleo" has 3 experiments
    And "Ada" sees the same experiments and submissions as "Cleo", and can open each

  @budget.60 @catches.raised-budget-ignored @catches.start-allowed-without-budget @catches.budget-of-nought-ignored
  Scenario: The owner raises the budget, and a team whose run was stopped for lack of it can start again, until the owner takes it away
    Catches: a team that was promised more is told for ever that it has none, or one that has none left goes on.

    Given "Ada" has started an experiment of 3 cycles by a script
    When the stub participant trains cycle 1 of "Ada", which costs 1.25 PetaFLOPs
    Then the experiment is "Stopped"
    And "Ada" cannot start an experiment: "Your team has no compute budget left. (code: BUDGET_EXHAUSTED)"
    When the owner changes the budget of the use case to 2 PetaFLOPs
    Then the team of "Ada" has a budget of 2 PetaFLOPs, of which 1.25 are spent
    And "Ada" can start an experiment
    When the stub participant trains cycle 1 of "Ada", which costs 0.5 PetaFLOPs
    Then the experiment is "Completed"
    And the team of "Ada" has a budget of 2 PetaFLOPs, of which 1.75 are spent
    When the owner changes the budget of the use case to 0 PetaFLOPs
    Then the team of "Ada" has a budget of 0 PetaFLOPs, of which 1.75 are spent
    And "Ada" cannot start an experiment: "Your team has no compute budget left. (code: BUDGET_EXHAUSTED)"
