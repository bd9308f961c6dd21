@ring2 @nightly @p0 @budget.30
Feature: Services end and come back in the middle of a cycle

  It protects what a service has promised before it ended: every one of them keeps its memory outside of itself, in a database, a queue or
  the object store, so that it may be killed at any moment and go on where it stood.

  @disturbs.backend @needs.faults.process @needs.faults.service-bus @catches.restart-stops-running-experiments
  Scenario: The backend is killed in the middle of a cycle
    Given a stub participant behind a requests-proxy with 300 rows to train and 60 rows to test
    And another stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 1 epoch and 2 cycles
    When the stub participants begin cycle 1
    And the first stub participant hands in its results
    And the backend is killed
    And the second stub participant hands in its results
    And the backend is started again
    And the stub participants train cycle 2
    Then the experiment is "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    And the experiment shows what the stub participants spent, each counted once

  @disturbs.object-store @needs.faults.process @needs.faults.pause @catches.store-outage-taken-for-missing-weights
  Scenario: The object store is away when a cycle is to be averaged, and comes back
    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the averaging service is frozen
    And the stub participants begin cycle 1
    And the stub participants hand in their results
    And the object store is killed
    And the averaging service resumes and takes up the weights
    Then a job that hands in weights is told that the object store is away
    When the object store is started again
    Then the experiment is "Completed"
    And the weights of each participating environment are in the object store
    And the averaged weights equal the row-weighted mean of the trained weights

  @disturbs.object-store @needs.faults.disk @needs.full-store @catches.full-store-taken-for-kept
  Scenario: The object store is full when a job hands in its weights, and gets room
    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    And the object store is full
    Then a job that hands in weights is told that the object store is full
    When the object store has room again
    And the stub participants hand in their results
    Then the experiment is "Completed"
    And the weights of each participating environment are in the object store
    And the averaged weights equal the row-weighted mean of the trained weights

  @disturbs.object-store @needs.faults.process @catches.removed-objects-come-back
  Scenario: What was removed for good stays away when the object store is started again, and the rest is there
    Catches: the models of somebody who has left come back with an update, or everybody's are gone.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ben" has joined the use case
    And "Ada" has trained cycle 1 of 1
    And "Ben" has trained cycle 1 of 1
    When "Ben" removes their account
    And the object store is killed
    And the object store is started again
    Then nothing of the experiment of "Ben" is kept, and all of the experiment of "Ada"

  @needs.faults.service-bus @catches.work-gone-when-delivered
  Scenario: A jobs-manager is killed with work in its hands
    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And the jobs-manager is frozen
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the jobs-manager is killed while it holds the work
    And the jobs-manager is started again
    Then the training job starts
    And the experiment is "Completed"
    And one training job ran in each secure environment and succeeded
    And all work was taken off the queue and nothing was dead-lettered

  @needs.faults.service-bus @catches.stopped-work-taken-up
  Scenario: Work that is delivered again after its experiment was stopped is not begun
    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And the jobs-manager is frozen
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the jobs-manager is killed while it holds the work
    And "the participant" stops the experiment
    And the jobs-manager is started again
    Then all work was taken off the queue and nothing was dead-lettered
    And no training job was started
    And the experiment is "Stopped"

  @needs.faults.process @budget.60 @catches.running-jobs-ended-at-start
  Scenario: The client of a secure environment is upgraded while it trains, and no epoch is lost
    Catches: every upgrade of the client costs a night of training, or the weights that took it come to a proxy that is gone.

    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 80 epochs and 1 cycle
    When the client of the first environment is upgraded as soon as the first epoch of cycle 1 is seen
    Then the experiment is "Completed"
    And every cycle shows each epoch and all rows of each environment once
    And one training job ran in each secure environment and succeeded

  @catches.expired-login-never-renewed
  Scenario: The logins of a secure environment expire while it trains
    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And the owner lets the logins of the secure environment last 1 second
    When "the participant" trains the "two layer CNN" for 1 epoch and 1 cycle
    Then one training job ran in each secure environment and succeeded
    And the experiment is "Completed"
