@ring2 @needs.servers @needs.faults.process @needs.faults.pause @budget.90
Feature: Outages

  It protects: whatever the platform stands on may be away, hang and come back; meanwhile nobody is told a wrong thing or kept waiting, and
  afterwards nothing is missing.

  @p0 @disturbs.event-store @catches.health-hangs-with-the-event-store
  Scenario: The event store hangs
    Given the event store hangs
    When a job is submitted
    Then the job is completed
    And the read model is healthy
    And the read model says in time that the "event store" is away
    And the metrics engine notices that the "event store" is away
    When the event store is back
    Then an event tells that the job is completed

  @p1 @disturbs.event-store @catches.event-lost-while-event-store-is-away
  Scenario: The event store is killed, and has its events when it comes back
    Given an event of an earlier job is kept
    And the event store is away
    When a job is submitted
    Then the job is completed
    And the metrics engine notices that the "event store" is away
    When the event store is back
    Then an event tells that the job is completed
    And the event of the earlier job is still kept

  @p0 @disturbs.redis @upstream.zeros-while-cache-is-away @catches.zeros-while-cache-is-away
  Scenario: The cache is away, and nobody is told of zero jobs
    Given the cache is away
    Then the read model says in time that the "cache" is away
    And the read model is healthy

  @p0 @disturbs.redis @catches.event-lost-while-cache-is-away
  Scenario: The cache is killed, and has its counters when it comes back
    Given the counters are noted
    And the cache is away
    When a job is submitted
    Then the job is completed
    And the metrics engine notices that the "cache" is away
    When the cache is back
    Then the counters know 1 completed job and 0 failed jobs more
    And an event tells that the job is completed

  @p1 @disturbs.redis @upstream.zeros-while-cache-is-away @catches.zeros-while-cache-is-away
  Scenario: The cache hangs
    Given the cache hangs
    Then the read model says in time that the "cache" is away
    When the cache is back
    Then the counters are shown again

  @p0 @disturbs.postgresql @catches.job-lost-while-store-is-away
  Scenario: The store is killed, and the job is done when it comes back
    Given the store is away
    When a job is submitted
    Then the gateway accepts it as the contract says
    And the read model says in time that the "store" is away
    And the processor notices that the "store" is away
    When the store is back
    Then the job is completed
    And an event tells that the job is completed

  @p1 @disturbs.postgresql @catches.job-lost-while-store-is-away
  Scenario: The store hangs
    Given the store hangs
    When a job is submitted
    Then the gateway accepts it as the contract says
    And the read model says in time that the "store" is away
    And the processor notices that the "store" is away
    When the store is back
    Then the job is completed

  @p1 @upstream.read-model-without-readiness @catches.read-model-always-ready
  Scenario Outline: The read model says that the <part> is away, and that it is ready once that is back
    Given the <part> is away
    Then the read model says that it is not ready, since the "<part>" is away
    When the <part> is back
    Then the read model is ready

    @disturbs.event-store
    Examples: events
      | part        |
      | event store |

    @disturbs.redis
    Examples: counters
      | part  |
      | cache |

    @disturbs.postgresql
    Examples: jobs
      | part  |
      | store |

  @p0 @disturbs.rabbitmq @catches.broker-away-unnoticed @catches.taken-in-while-broker-is-away
  @upstream.broker-away-unnoticed @upstream.services-end-with-the-broker @upstream.jobs-lost-with-the-broker
  Scenario: The broker is killed, and all go on when it comes back
    Given the processor is away
    And 2 jobs were accepted
    And the broker is away
    Then the gateway says that it is not healthy
    And a job that is submitted is refused as one to submit again
    And the metrics engine says at most 6 times a second that the broker is away
    When the broker is back
    And the processor is back
    Then the gateway is healthy
    And all of them are completed within 30 seconds
    And a new job is completed, and an event says so

  @p1 @disturbs.rabbitmq @upstream.broker-away-unnoticed @catches.taken-in-while-broker-is-away
  Scenario: The broker hangs
    Given the broker hangs
    Then a job that is submitted is refused as one to submit again
    When the broker is back
    Then a new job is completed, and an event says so

  @p1 @disturbs.metrics-engine @catches.waiting-events-purged-at-start
  Scenario: The metrics engine is killed, and events wait for it
    Given the metrics engine is away
    When a job is submitted
    Then the job is completed
    When the metrics engine is back
    Then an event tells that the job is completed

  @p1 @disturbs.gateway @disturbs.read-model @catches.health-without-version
  Scenario: The services that people ask are killed, and come back
    Given the gateway is away
    And the read model is away
    When the gateway is back
    And the read model is back
    Then the gateway is healthy
    And the read model is healthy
    And the counters are shown again
    And a new job is completed, and an event says so

  @p1 @disturbs.gateway
  Scenario: The gateway is away, and the terminal says that a task was not taken
    Catches no sabotage: it is the dashboard's own word, which random mutants break.

    Given the terminal server of the platform
    And the gateway is away
    When ana opens a terminal
    And ana types "nresize-image"
    And ana presses Enter
    Then ana sees "The gateway did not take the task"
    When the gateway is back
    And ana types "nresize-image"
    And ana presses Enter
    Then the task "resize-image" of ana's terminal is completed
