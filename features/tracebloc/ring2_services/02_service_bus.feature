@ring2 @nightly @p0 @budget.30
@needs.faults.service-bus
Feature: The Service Bus fails, repeats itself or is slow

  It protects what a message promises: work is neither lost nor done twice, whatever the Service Bus goes through, and whoever waits for
  something is told in words. The Service Bus delivers at least once, so every service has to bear to hear the same thing twice.

  Where it can be, a fault is kept to a queue of the scenario's own. What disturbs the Service Bus for everybody says so with a tag, and only
  scenarios that do without it run beside.

  Background:
    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  @disturbs.service-bus @catches.start-refused-but-experiment-kept
  Scenario: A start while the Service Bus is unreachable is refused in words, leaves nothing behind and goes through later
    Given the Service Bus is unreachable
    Then "the participant" cannot start an experiment: "cannot reach its queues right now. Try again later. (code: QUEUE_UNAVAILABLE)"
    And the team of "the participant" has 0 experiments
    When the Service Bus is reachable again
    And "the participant" links it to the training dataset
    And "the participant" starts the linked model for 1 epoch and 1 cycle
    And the stub participants train cycle 1
    Then the experiment is "Completed"
    And there is no more work for the stub participants

  @disturbs.service-bus @catches.submission-refused-but-kept
  Scenario: A submission while the Service Bus is unreachable is refused in words, is none of the day's and goes through later
    Given "the participant" has started the "weak linear" for 1 epoch and 1 cycle
    And the stub participants train cycle 1
    And the experiment is "Completed"
    And the Service Bus is unreachable
    Then "the participant" cannot submit cycle 1: "The platform cannot reach its queues right now. Try again later."
    And My Submissions of "the participant" shows 0 submissions
    When the Service Bus is reachable again
    And "the participant" submits cycle 1 for inference
    And the first stub participant begins to score it
    And the job of the first stub participant scores it with 0.625
    Then My Submissions of "the participant" shows it as Scored with 0.625, of cycle 1, submitted by "the participant"
    And there is no more work for the stub participants

  @catches.work-lost-when-bus-is-away
  Scenario: Work that cannot be sent is kept, and sent once when the queue is back
    Given "the participant" has started the "two layer CNN" for 1 epoch and 2 cycles
    When the stub participants begin cycle 1
    And the first stub participant's queue is away
    And the stub participants hand in their results
    Then cycle 1 is completed and the platform keeps the work of the first stub participant for later
    When the first stub participant's queue is back
    And the stub participants train cycle 2
    Then the experiment is "Completed"
    And there is no more work for the stub participants

  @catches.duplicate-delivery-counted-twice
  Scenario: A secure environment whose work is delivered again does it again, and it counts once
    The word that the work was taken never reached the Service Bus: after the lock has expired, the same work comes once more.

    Given "the participant" has started the "two layer CNN" for 2 epochs and 1 cycle
    When the first stub participant trains cycle 1 without the Service Bus hearing of it
    And the locks on the first stub participant's work expire
    And the stub participants train cycle 1
    Then everything that was handed in is handled
    And the experiment is "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    And the experiment shows what the stub participants spent, each counted once

  @disturbs.service-bus @catches.duplicate-delivery-counted-twice
  Scenario: A cost is handled, the Service Bus never hears of it and delivers it again
    Given the Service Bus loses the next confirmation that a cost was handled
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the stub participants train cycle 1
    And the cost of the first stub participant is delivered again
    Then the experiment is "Completed"
    And the experiment shows what the stub participants spent, each counted once

  @catches.poison-message-given-back
  Scenario: A garbled message is put aside with its reason and holds up nothing
    Given a garbled message is first in the queues of results, costs and weights
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the stub participants train cycle 1
    Then the experiment is "Completed"
    And the experiment shows what the stub participants spent, each counted once
    And each garbled message was put aside with the reason why it cannot be handled

  @catches.broken-handling-taken-for-done
  Scenario: A message whose handling breaks comes again, ten times at most, and what comes after it is handled
    Catches: a slip in a service loses whatever it meant, or one message holds up all the others for ever.

    When a message comes to the first stub participant whose handling breaks, and another one after it
    Then its handling was tried 10 times, and the other one's once
    And it was put aside with the reason "MaxDeliveryCountExceeded"

  @catches.late-message-taken-for-done
  Scenario: Messages that come while a service is stopped are handled when it is back
    Catches: each update of a service loses what came in that moment, and an experiment waits for ever.

    Then 4 messages that come to the first stub participant just when it is stopped are each handled once, when it goes on

  @disturbs.service-bus @catches.impatient-with-a-slow-bus
  Scenario: A slow Service Bus slows everything down and breaks nothing
    Given the Service Bus answers 0.25 seconds late
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the stub participants train cycle 1
    Then the experiment is "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    And the experiment shows what the stub participants spent, each counted once
    And there is no more work for the stub participants
