@ring2 @nightly @p0 @budget.30
@needs.faults.service-bus
Feature: The Service Bus fails, repeats itself or is slow

  It protects what a message promises: work is neither lost nor done twice, whatever the Service Bus goes through, and whoever waits for
  something is told in words. The Service Bus delivers at least once, so every service has to bear to hear the same thing twice.

  Where it can be, a fault is kept to a queue of the scenario's own. What disturbs the whole platform is marked @serial.

  Background:
    Given a stand-in secure environment with 300 rows to train and 60 rows to test
    And another stand-in secure environment with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  @serial @catches.start-refused-but-experiment-kept
  Scenario: A start while the Service Bus is unreachable is refused in words and leaves nothing behind
    Given the Service Bus is unreachable
    When "the participant" tries to start an experiment
    Then the SDK says that the platform cannot reach its queues right now
    And "the participant" has no experiment in the use case
    When the Service Bus is reachable again
    And "the participant" starts the same experiment again
    And the stand-ins train cycle 1
    Then the experiment ends as "Completed"
    And there is no more work for the stand-ins

  @catches.work-lost-when-bus-is-away
  Scenario: Work that cannot be sent is kept and sent once when the queue is back
    When "the participant" starts an experiment of 1 epoch and 2 cycles
    And the first stand-in's queue is away when cycle 1 is trained
    Then the platform keeps the work of the first stand-in for later
    When the first stand-in's queue is back
    And the stand-ins train cycle 2
    Then the experiment ends as "Completed"
    And there is no more work for the stand-ins

  @catches.duplicate-delivery-counted-twice
  Scenario: A secure environment whose work is delivered again does it again, and it counts once
    The word that the work was taken never reached the Service Bus: after the lock has expired, the same work comes once more.

    When "the participant" starts an experiment of 2 epochs and 1 cycle
    And the first stand-in trains cycle 1 without the Service Bus hearing of it
    And the locks on the first stand-in's work expire
    And the stand-ins train cycle 1
    Then the experiment ends as "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stand-ins
    And the experiment shows what the stand-ins spent, each counted once

  @serial @catches.duplicate-delivery-counted-twice
  Scenario: A cost is handled, the Service Bus never hears of it and delivers it again
    Given the Service Bus loses the next word that a cost was handled
    When "the participant" starts an experiment of 1 epoch and 1 cycle
    And the first stand-in trains cycle 1
    And the cost of the first stand-in is delivered again
    And the second stand-in trains cycle 1
    Then the experiment ends as "Completed"
    And the experiment shows what the stand-ins spent, each counted once

  @catches.poison-message-given-back
  Scenario: A garbled message is put aside with its reason and holds up nothing
    Given a garbled message stands first in the queues of results, costs and weights
    When "the participant" starts an experiment of 1 epoch and 1 cycle
    And the stand-ins train cycle 1
    Then the experiment ends as "Completed"
    And the experiment shows what the stand-ins spent, each counted once
    And each garbled message was put aside with the reason why it cannot be handled

  @serial @catches.impatient-with-a-slow-bus
  Scenario: A slow Service Bus slows everything down and breaks nothing
    Given the Service Bus answers 0.25 seconds late
    When "the participant" starts an experiment of 1 epoch and 1 cycle
    And the stand-ins train cycle 1
    Then the experiment ends as "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stand-ins
    And the experiment shows what the stand-ins spent, each counted once
    And there is no more work for the stand-ins
