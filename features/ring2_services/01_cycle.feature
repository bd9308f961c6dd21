@ring2 @nightly @p0 @budget.30
Feature: A cycle across the services

  It protects the way of a cycle between the services: SDK, backend, Service Bus, requests-proxy, averaging service, object store.
  The training is left out: stand-ins take the work of their secure environments off the queue and hand in weights, epochs and costs through
  the requests-proxy, each with the token of its job. What they hand in is known, so every figure that follows from it can be checked.

  Background:
    Given a stand-in secure environment with 300 rows to train and 60 rows to test
    And another stand-in secure environment with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  @catches.plan-falls-back-to-defaults
  Scenario: An experiment started with the SDK reaches every secure environment as it was planned
    When "the participant" starts an experiment of 3 epochs and 2 cycles
    Then each stand-in gets the work of cycle 1 once, with the plan, the model and its own dataset
    And the experiment is "Pending"

  @smoke @catches.weights-averaged-unweighted @catches.flops-not-relayed @catches.cycle-done-without-weights
  Scenario: Two participating environments hand in their weights and the cycle is done
    When "the participant" starts an experiment of 2 epochs and 1 cycle
    And the stand-ins train cycle 1
    Then the experiment ends as "Completed"
    And the weights of each participating environment are in the object store
    And the averaged weights equal the row-weighted mean of the trained weights
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stand-ins
    And the experiment shows what the stand-ins spent, each counted once

  @catches.next-cycle-starts-from-scratch
  Scenario: The second cycle begins with what the first one averaged
    When "the participant" starts an experiment of 1 epoch and 2 cycles
    And the stand-ins train cycle 1
    Then each stand-in gets the averaged weights of cycle 1 to begin cycle 2 with
    When the stand-ins hand in cycle 2
    Then the experiment ends as "Completed"
    And the experiment shows what the stand-ins spent, each counted once

  @catches.leaderboard-sorted-the-wrong-way
  Scenario: The leaderboard reflects what a cycle scored on the test rows of each environment
    Given "the rival" has joined the use case
    And "the participant" has completed a cycle on the stand-ins
    And "the rival" has completed a cycle on the stand-ins
    When "the participant" submits cycle 1 for inference
    And the stand-ins score it with 0.9 and 0.5
    And "the rival" submits cycle 1 for inference
    And the stand-ins score it with 0.6 and 0.6
    Then the leaderboard shows, once all is scored:
      | rank | team of         | score | submissions |
      | 1    | the participant | 0.8   | 1           |
      | 2    | the rival       | 0.6   | 1           |
