@ring2 @nightly @p0 @budget.30
@needs.faults.network
Feature: The network between two services fails and comes back

  It protects what the services promise to each other over a network that is not theirs: who cannot reach another one says so in words or
  waits, and goes on where it stood as soon as it can.

  Background:
    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  @disturbs.service-bus @disturbs.backend @catches.start-refused-but-experiment-kept
  Scenario: A start while the backend is cut off from the Service Bus leaves nothing behind and goes through later
    Given "the backend" cannot reach "the Service Bus" over the network
    Then "the participant" cannot start an experiment: "cannot reach its queues right now. Try again later. (code: QUEUE_UNAVAILABLE)"
    And the team of "the participant" has 0 experiments
    When the network is restored
    And "the participant" links it to the training dataset
    And "the participant" starts the linked model for 1 epoch and 1 cycle
    And the stub participants train cycle 1
    Then the experiment is "Completed"
    And there is no more work for the stub participants

  @disturbs.averaging-service @disturbs.object-store @catches.store-outage-taken-for-missing-weights
  Scenario: The averaging service is cut off from the object store when a cycle is to be averaged
    Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When "the averaging service" cannot reach "the object store" over the network
    And the stub participants train cycle 1
    And the averaging service takes up the weights
    And the network is restored
    Then the experiment is "Completed"
    And the weights of each participating environment are in the object store
    And the averaged weights equal the row-weighted mean of the trained weights
