@ring2 @nightly @p0 @budget.30
@needs.faults.network
Feature: The network between two services fails and comes back

  It protects what the services promise to each other over a network that is not theirs: who cannot reach another one says so in words or
  waits, and goes on where it stood as soon as it can. Nothing is lost, and nothing counts twice.

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

  @disturbs.backend @catches.upload-taken-without-store
  Scenario: A model is uploaded while the backend is cut off from the object store
    Given "the participant" has logged in with the SDK
    And "the backend" cannot reach "the object store" over the network
    When "the participant" tries to upload the "two layer CNN" with the SDK
    Then the SDK raises "ModelValidationError" and says "cannot reach its object store"
    When the network is restored
    And "the participant" uploads the "two layer CNN" with the SDK
    And "the participant" links it to the training dataset
    And "the participant" starts the linked model for 1 epoch and 1 cycle
    And the stub participants train cycle 1
    Then the experiment is "Completed"

  @disturbs.backend @disturbs.service-bus @catches.consumer-ends-with-its-connection
  Scenario: Results that come in while the backend is cut off from the Service Bus are taken in when it is back
    Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    And "the backend" cannot reach "the Service Bus" over the network
    And the stub participants hand in their results
    And the network is restored
    And the Service Bus delivers again what the backend held
    Then the experiment is "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    And the experiment shows what the stub participants spent, each counted once

  @catches.report-taken-while-bus-is-away
  Scenario: A job hands in its results while the requests-proxy is cut off from the Service Bus
    Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    And "the requests-proxy" cannot reach "the Service Bus" over the network
    Then a job that reports what it cost is told that the queues are away
    When the network is restored
    And the stub participants hand in their results
    Then the experiment is "Completed"
    And the experiment shows what the stub participants spent, each counted once

  @catches.duplicate-delivery-counted-twice
  Scenario: The Service Bus takes in what a job has cost, and its answer gets lost
    The job cannot know that its report has arrived, and makes it again.

    Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    And answers of "the Service Bus" to "the requests-proxy" get lost
    Then a job that reports what it cost is told that the queues are away
    When the network is restored
    And the stub participants hand in their results
    Then the experiment is "Completed"
    And the experiment shows what the stub participants spent, each counted once

  @catches.impatient-with-a-slow-bus
  Scenario: A bad line between the requests-proxy and the Service Bus slows a training down and loses nothing
    Given "the participant" has started the "two layer CNN" for 20 epochs and 1 cycle
    When one of 4 packets between "the requests-proxy" and "the Service Bus" gets lost
    And the stub participants train cycle 1
    Then the experiment is "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    And the experiment shows what the stub participants spent, each counted once

  @catches.impatient-with-a-slow-store
  Scenario: The object store is far away from the requests-proxy
    Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When "the requests-proxy" reaches "the object store" over a slow line, 0.4 seconds each way
    And the stub participants train cycle 1
    Then the experiment is "Completed"
    And the averaged weights equal the row-weighted mean of the trained weights

  @disturbs.averaging-service @disturbs.object-store @catches.store-outage-taken-for-missing-weights
  Scenario: The object store hears the averaging service, and its answers get lost
    Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When answers of "the object store" to "the averaging service" get lost
    And the stub participants train cycle 1
    And the averaging service takes up the weights
    And the network is restored
    Then the experiment is "Completed"
    And the averaged weights equal the row-weighted mean of the trained weights
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
