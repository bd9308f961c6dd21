@ring1 @p1
Feature: Backend flow: two teams become one

  It protects the budgets when teams merge: the merged team has both budgets and all that both have spent, so that no FLOPs are made or lost.

  No public document tells how tracebloc merges teams. This is our choice: one team asks, a member of the other accepts, and the asking team
  becomes part of the asked one, with its members, experiments, submissions (today's, too), budget and spending.

  The secure environment is a stub participant, which says what a cycle costs.

  Background:
    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ben" has joined the use case

  @budget.30 @catches.merged-team-forgets-spending @catches.merge-loses-a-budget @catches.members-left-behind-in-a-merge
  @catches.one-member-shown
  Scenario: The merged team has both budgets and all that was spent, and running experiments go on in it
    Catches: a team that has used up its budget merges with a fresh one, and FLOPs come from nowhere or are lost.

    Given "Cleo" has joined the use case
    And "Ada" has started an experiment of 3 cycles by a script
    And the training of "Ada" has cost 0.75 PetaFLOPs so far
    And "Ben" has started an experiment of 3 cycles by a script
    And the training of "Ben" has cost 0.5 PetaFLOPs so far
    When the team of "Ada" asks the team of "Ben" to merge, which accepts
    Then "Ada" and "Ben" are the members of "Team 2"
    And the team of "Ada" has a budget of 2 PetaFLOPs, of which 1.25 are spent
    And the team of "Cleo" has a budget of 1 PetaFLOPs, of which 0 are spent
    When the stub participant trains cycle 1 of "Ben", which costs 0.75 PetaFLOPs
    Then the experiment is "Stopped"
    And the SDK tells the reason "Resource: compute budget exhausted (2 of 2 PetaFLOPs used)"

  @budget.30 @catches.merge-gives-new-submissions
  Scenario: Merging gives no further submissions on that day
    Catches: teams merge in order to try more often on the test data.

    Given "Ada" has trained cycle 1 of 1
    And "Ben" has trained cycle 1 of 1
    When "Ada" submits cycle 1 for inference 3 times
    And "Ben" submits cycle 1 for inference 2 times
    And the team of "Ada" asks the team of "Ben" to merge, which accepts
    Then My Submissions of "Ada" shows 5 submissions
    And My Submissions of "Ben" shows 5 submissions
    And "Ada" cannot submit cycle 1: "Your team has made its 5 submissions of today (UTC)."

  @budget.30 @catches.merge-needs-no-acceptance
  Scenario: Nobody can merge a team that has not agreed, or that is not there
    Catches: a team takes another one's budget and submissions without being asked.

    Given "Ben" has joined another use case on the same datasets
    And "Cleo" has joined the use case
    And "Dora" has joined the use case
    And the team of "Cleo" has merged into the team of "Dora"
    Then the teams of "Ada" and "Ben" cannot be merged in any of these ways:
      | way                                     | words                                                 |
      | asking without a team of one's own      | You have not joined this use case.                    |
      | asking one's own team                   | A team cannot be merged with itself.                  |
      | asking a team of another use case       | There is no such team in this use case.               |
      | asking a team that is another's by now  | There is no such team in this use case.               |
      | accepting what one's own team has asked | Only a member of Team 2, which was asked, can accept. |

  @budget.30 @catches.merged-rank-forgotten
  Scenario: What a team has reached and promised comes along, and what others asked of it is over
    Catches: the better score of the team that joins is gone, whom it invited finds no team, or a third team waits for it for ever.

    Given "Cleo" has joined the use case
    And "Ada" has trained cycle 1 of 1
    And "Ben" has trained cycle 1 of 1
    And "Dora" is invited to the team of "Ada"
    And "Dora" is invited to the use case
    When cycle 1 is submitted and scored, one after the other, by:
      | who | score |
      | Ben | 0.5   |
      | Ada | 0.75  |
    And the team of "Ada" asks the team of "Cleo" to merge
    And the team of "Cleo" asks the team of "Ada" to merge
    And the team of "Ada" asks the team of "Ben" to merge, which accepts
    Then the leaderboard shows:
      | rank | team | score | submissions |
      | 1    | Ben  | 0.75  | 2           |
    And the leaderboard shows that "Ben" is ranked by the experiment of "Ada" and has 2 PetaFLOPs left
    And the team of "Cleo" neither asks nor is asked to merge
    And the team of "Ben" neither asks nor is asked to merge
    When "Dora" joins the use case
    Then "Ada", "Ben" and "Dora" are the members of "Team 2"

  @budget.60 @catches.merge-answers-another-request
  Scenario: Of several requests to merge, each is answered for itself
    Catches: whoever accepts the second request gets the team of the first, declining one declines all, or strangers answer for a team.

    Given "Cleo" has joined the use case
    And "Dora" has joined the use case
    When the team of "Cleo" asks the teams of "Ada" and "Ben" to merge
    And the team of "Dora" asks the teams of "Ada" and "Ben" to merge
    Then "Ben" can neither accept nor end the request of the team of "Dora" to the team of "Ada": "There is no such merge request."
    When "Ada" ends the request of the team of "Dora" to the team of "Ada"
    Then "Ada" sees these requests to merge:
      | asking | asked |
      | Cleo   | Ada   |
    And "Ben" sees these requests to merge:
      | asking | asked |
      | Cleo   | Ben   |
      | Dora   | Ben   |
    When "Cleo" ends the request of the team of "Cleo" to the team of "Ben"
    And "Ben" accepts the request of the team of "Dora"
    Then "Ben" and "Dora" are the members of "Team 2"
    And "Ada" sees these requests to merge:
      | asking | asked |
      | Cleo   | Ada   |
    And the team of "Ben" neither asks nor is asked to merge
    When "Eve" is invited to the use case
    Then "Eve" can join, and has a team of their own
    And "Ada" is the only member of their team
    And "Cleo" is the only member of their team
