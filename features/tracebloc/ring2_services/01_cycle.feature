@ring2 @nightly @p0 @budget.30
Feature: Cycles across the services

  It protects the way of a cycle between the services: SDK, backend, Service Bus, requests-proxy, averaging service, object store.
  The training is left out: stub participants take the work of their secure environments off the queue and hand in epochs, costs and weights
  through the requests-proxy, each with the token of its job. What they hand in is known, so every figure that follows from it can be checked.

  Background:
    Given a stub participant behind a requests-proxy with 300 rows to train and 60 rows to test
    And another stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  @smoke
  @catches.plan-falls-back-to-defaults @catches.weights-averaged-unweighted @catches.flops-not-relayed
  @catches.cycle-done-without-weights @catches.next-cycle-starts-from-scratch
  Scenario: Two cycles go from the SDK to the environments and back, and the second begins with the average of the first
    Given "the participant" has started the "two layer CNN" for 3 epochs and 2 cycles
    Then each stub participant is asked to train cycle 1, with the plan, the model and its own dataset
    When the stub participants hand in their results
    Then each stub participant gets the averaged weights of cycle 1 to begin cycle 2 with
    And the averaged weights equal the row-weighted mean of the trained weights
    And the weights of each participating environment are in the object store
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    When the stub participants hand in their results
    Then the experiment is "Completed"
    And cycle 2 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    And the experiment shows what the stub participants spent, each counted once

  @catches.leaderboard-sorted-the-wrong-way
  Scenario: The leaderboard reflects what cycles score on the test rows of each environment
    Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    And the stub participants train cycle 1
    And the experiment is "Completed"
    And "the rival" has joined the use case
    And "the rival" has started the "two layer CNN" for 1 epoch and 1 cycle
    And the stub participants train cycle 1
    And the experiment is "Completed"
    When "the participant" submits cycle 1 for inference
    And the stub participants score it with 0.9 and 0.5
    And "the rival" submits cycle 1 for inference
    And the stub participants score it with 0.6 and 0.6
    And all submissions are scored
    Then the leaderboard shows:
      | rank | team            | score | submissions |
      | 1    | the participant | 0.8   | 1           |
      | 2    | the rival       | 0.6   | 1           |
