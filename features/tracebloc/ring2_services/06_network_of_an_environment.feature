@ring2 @nightly @p0 @budget.30
@needs.faults.network
Feature: The network between a secure environment and the platform fails and comes back

  It protects owners and participants alike: a secure environment stands behind somebody else's line, so what it was told to do and what it
  has to tell survives an outage, and happens once.

  Background:
    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  @needs.faults.service-bus @catches.redelivered-work-trained-twice
  Scenario: Work is sent again since the word that it was taken got lost
    Given answers of "the jobs-manager" to "the Service Bus" get lost
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the lock on the work of the secure environment expires
    And the network is restored
    Then the training job starts
    And the experiment is "Completed"
    And one training job ran in each secure environment and succeeded
    And all work was taken off the queue and nothing was dead-lettered

  @catches.backend-outage-taken-for-go-ahead
  Scenario: A run is stopped while the secure environment cannot ask whether it goes on
    Given "the jobs-manager" cannot reach "the backend" over the network
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the jobs-manager waits for the backend
    And "the participant" stops the experiment
    And the network is restored
    Then all work was taken off the queue and nothing was dead-lettered
    And no training job was started
    And the experiment is "Stopped"

  @catches.pod-report-not-repeated
  Scenario: A training job ends while nobody can be told
    Given "the pods-monitor" cannot reach "the backend" over the network
    When "the participant" trains the "two layer CNN" for 1 epoch and 1 cycle
    And the network is restored
    Then one training job ran in each secure environment and succeeded
    And the experiment is "Completed"

  @catches.heartbeat-given-up
  Scenario: A secure environment whose line is cut is shown as Offline, and as Online when it is back
    Given "the resource-monitor" cannot reach "the backend" over the network
    Then the secure environment shows Offline
    When the network is restored
    Then the secure environment shows Online

  Scenario: A secure environment whose line hangs is shown as Offline, and as Online when it is back
    Catches no sabotage: the heartbeat under way gets through when the line is back, so giving up shows only where a line is cut.

    Given connections between "the resource-monitor" and "the backend" hang
    Then the secure environment shows Offline
    When the network is restored
    Then the secure environment shows Online
