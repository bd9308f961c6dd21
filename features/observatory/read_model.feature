@ring2 @needs.servers @budget.30
Feature: Read model

  It protects: what people are shown of jobs is what happened to them, counted once.

  @p0 @serial @catches.event-not-counted
  Scenario: A completed job is counted once
    Given the counters are noted
    When a job is submitted
    Then an event tells that the job is completed
    And the counters know 1 completed job and 0 failed jobs more

  @p0 @exclusive.failed-jobs @catches.failed-counted-as-completed
  Scenario: A failed job is counted as failed
    Given the counters are noted
    When it is told that a job failed
    Then the counters know 1 failed job more
    And the counters add up

  @p0 @exclusive.failed-jobs @upstream.duplicates-counted-twice @catches.duplicate-event-counted-twice
  Scenario: An event that is told twice is counted once
    Given the counters are noted
    When it is told twice that a job failed
    And it is told that another job failed
    Then the event store has each of these events once
    And the counters know 2 failed jobs more

  @p1 @exclusive.failed-jobs @catches.time-of-last-event-forgotten
  Scenario: The counters say when they last heard of a job
    When it is told that a job failed
    Then the counters last heard of a job after that

  @p0 @upstream.events-are-lists @catches.events-without-envelope
  Scenario: An event is shown as it was told
    When it is told that a job was validated
    Then the event is shown, word for word

  @p1 @catches.events-of-every-job
  Scenario: Whoever asks for one job's events gets no others
    When it is told that a job was validated
    And it is told that another job was validated
    Then each of the two jobs has its own event and no other

  @p1 @upstream.empty-is-null @catches.empty-is-null
  Scenario: A job that nobody knows has no events
    Then the events of an unknown job are an empty list

  @p1 @catches.oldest-events-shown @catches.events-unlimited
  Scenario: The latest 50 events are shown, the latest first
    When it is told 55 times that a job was validated
    Then the latest 50 of them are shown, the latest first

  @p1 @exclusive.latest-jobs @catches.recent-jobs-oldest-first @catches.recent-jobs-unlimited
  Scenario: The latest ten jobs are shown, the latest first
    Given 12 jobs are kept in the store
    Then the latest 10 jobs are shown, the latest first, each as the contract says

  @p1 @upstream.dead-letter-without-version @catches.dead-letter-without-version
  Scenario: An event that breaks the contract is kept apart by the metrics engine, too
    When it is told without an id that a job failed
    Then it is kept as a dead letter of the "metrics-engine", with all six fields
    And its reason names "eventId"

  @p1 @upstream.poison-blocks @catches.poison-blocks-the-metrics-engine
  Scenario: What cannot be read holds no event up
    When half a text is told
    And it is told that a job was validated
    Then the event is shown, word for word
    And it is kept as a dead letter of the "metrics-engine", with all six fields

  @p1 @catches.health-without-version
  Scenario: The read model says that it lives, and which version it is
    Then the read model is healthy

  @p1 @upstream.read-model-without-readiness @catches.read-model-counts-nothing
  Scenario: The read model says that it is ready, and what it counts
    Then the read model is ready
    And the read model counts its answers

  @p2 @catches.pages-of-others-shut-out
  Scenario: Pages of other hosts may ask the read model
    Then a page of another host may ask for the counters

  @p2
  Scenario: The read model describes itself
    Catches no sabotage: the description is made of the code itself.

    Then the read model's description names what can be asked
