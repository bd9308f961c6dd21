@ring1 @p0
Feature: Backend flow: heartbeats, a cycle's metric and the leaderboard

  It protects what owner and teams see while work goes on: whether a secure environment is there, what a cycle reached, and who leads.

  The secure environments are stub participants: they log in with a real Client ID and speak over the platform's real queues and object store,
  but no client is installed and nothing is trained. So a scenario can say exactly what was measured.

  @budget.30 @catches.heartbeat-never-expires
  Scenario: A secure environment that falls silent shows Offline, and Online again once it is heard
    Catches: a machine that was switched off still shows Online, and teams start experiments that wait for it for ever.

    Given the owner signs up, verifies the e-mail address and logs in
    And the owner registers a secure environment, gets a Client ID and sees it as Pending
    And a stub participant takes the part of the registered secure environment
    When the secure environment is heard from
    Then the secure environment shows Online
    When the secure environment falls silent
    Then the secure environment shows Offline
    When the secure environment is heard from
    Then the secure environment shows Online

  @budget.30 @catches.heartbeat-never-expires
  Scenario: Of two secure environments, the silent one alone shows Offline
    Catches: one heartbeat keeps every machine of an owner Online, or a machine that is switched off takes the others with it.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And the secure environment is called "north"
    And another stub participant is Online with 80 rows to train and 40 rows to test
    And the secure environment is called "south"
    When the secure environment "north" falls silent
    Then the secure environment "north" shows Offline
    And the secure environment "south" shows Online

  @budget.30 @catches.scores-averaged-unweighted @catches.cycle-done-without-weights
  Scenario: A cycle's metric and a score count each environment by its rows
    Catches: a handful of odd rows in a small environment decides what a cycle reached and who leads.

    Given a stub participant is Online with 300 rows to train and 60 rows to test
    And another stub participant is Online with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started an experiment of 1 cycle by a script
    When the stub participants train cycle 1 of "the participant" to accuracies of 0.5 and 0.9
    Then the accuracy of cycle 1 is 0.6
    And the experiment is "Completed"
    And "the participant" is not on the leaderboard yet
    When "the participant" submits cycle 1 for inference
    And the stub participants score it with 0.4 and 0.8
    And all submissions are scored
    Then the leaderboard shows:
      | rank | team            | score | submissions |
      | 1    | the participant | 0.5   | 1           |

  @budget.30 @catches.leaderboard-shows-latest @catches.leaderboard-sorted-the-wrong-way
  Scenario: The leaderboard keeps each team's best submission and ranks the best team first
    Catches: a team that tries out a worse model loses its rank, or the worst team leads.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ben" has joined the use case
    And "Ada" has trained cycle 1 of 1
    And "Ben" has trained cycle 1 of 1
    When cycle 1 is submitted and scored, one after the other, by:
      | who | score |
      | Ada | 0.6   |
      | Ben | 0.7   |
      | Ada | 0.9   |
      | Ada | 0.2   |
    Then the leaderboard shows:
      | rank | team | score | submissions |
      | 1    | Ada  | 0.9   | 3           |
      | 2    | Ben  | 0.7   | 1           |

  @budget.30 @catches.running-counted-everywhere
  Scenario: Each secure environment shows how many experiments run in it
    Catches: an owner restarts a machine that is shown as idle, or waits for one that does nothing.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 1 cycle by a script
    Then the owner sees so many experiments run:
      | environment | running |
      | first       | 0       |
      | second      | 0       |
    When the first environment begins cycle 1 of "Ada"
    Then the owner sees so many experiments run:
      | environment | running |
      | first       | 1       |
      | second      | 0       |
    When "Ada" stops the experiment
    Then the owner sees so many experiments run:
      | environment | running |
      | first       | 0       |
      | second      | 0       |
