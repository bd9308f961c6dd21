@ring2 @needs.servers @budget.45
Feature: Processing

  It protects: every accepted job is done, once, and told to be; what nobody can work on is kept with its reason and holds nobody up.

  @p0 @catches.job-kept-without-payload
  Scenario: A job is kept as it was submitted
    When a job is submitted
    Then the job is completed
    And the store has its kind, its note and when it was made

  @p0 @catches.completion-keeps-the-event-id
  Scenario: The completion is an event of its own
    When a job is submitted
    Then an event tells that the job is completed
    And that event is the processor's own, and belongs to the submission
    And that event happened after the job was taken in

  @p1 @upstream.completed-event-says-pending @catches.completed-event-says-pending
  Scenario: The event of a completed job carries a completed job
    When a job is submitted
    Then an event tells that the job is completed
    And the job in that event is "COMPLETED"

  @p0 @upstream.duplicates-done-twice @catches.duplicates-done-twice
  Scenario: An event that is delivered twice is worked on once
    When the same event of a new job is delivered twice
    Then an event tells that the job is completed
    And the processor has nothing more to do
    And the job was done once, and told so once

  @p1 @upstream.duplicates-done-twice @catches.duplicates-done-twice
  Scenario: A job that is submitted twice is done once
    When a job is submitted
    And the same job is submitted again
    Then an event tells that the job is completed
    And the processor has nothing more to do
    And the job was done once, and told so once

  @p0 @catches.dead-letter-without-version @catches.dead-letter-of-nobody
  @catches.invalid-event-worked-on
  Scenario Outline: An event that breaks the contract is kept apart: <what>
    When an event of a job is delivered <what>
    Then it is kept as a dead letter of the "processor", with all six fields
    And its reason names "<named>"
    And nothing of the job gets into the platform

    Examples:
      | what                            | named           |
      | without its id                  | eventId         |
      | without its producer            | producer        |
      | of an unknown kind              | eventType       |
      | with a version that is none     | contractVersion |
      | with a job that has no kind     | type            |

  @p0 @upstream.unparseable-dropped @catches.unparseable-dropped
  Scenario: What cannot be read is kept apart
    When half a text is delivered as an event
    Then it is kept as a dead letter of the "processor", with all six fields

  @p0 @catches.poison-blocks
  Scenario Outline: Poison holds nobody up: <what>
    When <what> is delivered as an event
    And a job is submitted
    Then the job is completed
    And it is kept as a dead letter of the "processor", with all six fields

    @upstream.poison-blocks
    Examples: what can be read
      | what                        |
      | a list                      |
      | a job that cannot be stored |

    @upstream.not-utf-8-blocks
    Examples: what cannot
      | what                     |
      | a text that is not UTF-8 |

  @p0 @disturbs.processor @needs.faults.process @catches.acknowledged-before-done
  Scenario: A processor that is killed in the middle of a job does it after its return
    Given a job was accepted that takes 1 second
    When the processor is killed in the middle of that job
    Then the store still has the job as "EXECUTING"
    When the processor is back
    Then the job is completed
    And an event tells that the job is completed

  @p1 @disturbs.processor @needs.faults.process @catches.waiting-events-purged-at-start
  @catches.answer-names-another-event
  Scenario: Jobs wait for a processor that is away
    Given the processor is away
    When 3 jobs are submitted
    Then all of them wait to be done
    And each of them waits as the event that its answer names
    When the processor is back
    Then all of them are completed within 20 seconds

  @p1 @catches.processor-does-not-count
  Scenario: The processor counts what it did
    Given the processor's counters are noted
    When a job is submitted
    And half a text is delivered as an event
    Then the processor counted at least 1 job more as completed
    And the processor counted at least 1 message more as invalid
    And the processor took up at least 2 messages more, and timed at least 1 job more
