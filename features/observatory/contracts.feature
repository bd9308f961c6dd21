@ring1 @p0 @without-platform @wording.json @budget.20
Feature: The contracts

  It protects: every service reads the same messages in the same way, because all hold them to the same three contracts, formats included,
  and no contract changes without telling its readers.
  Source: the invariants C1 to C5 of the observatory. Its own examples check neither formats nor the accepted job; these do.
  Catches no sabotage: nothing of the platform runs here. The tests of contract_changes.py break each rule once.

  Scenario: What the contracts promise to accept is accepted
    Catches: a contract is tightened, and jobs that worked yesterday are refused today.

    Then these examples are accepted, and there are no others
      | contract       | example       |
      | job            | least         |
      | job            | every-field   |
      | job            | unknown-field |
      | event-envelope | job-created   |
      | event-envelope | job-completed |
      | event-envelope | empty-payload |
      | event-envelope | unknown-field |
      | job-accepted   | both-ids      |

  Scenario: What the contracts promise to refuse is refused where it is wrong
    Catches: formats are written down and not looked at, so that a job whose id the store cannot take blocks all jobs behind it.

    Then these examples are refused, and there are no others
      | contract       | example                  | at                 | because                             |
      | job            | no-id                    | /                  | 'id' is a required property         |
      | job            | no-type                  | /                  | 'type' is a required property       |
      | job            | id-no-uuid               | /id                | is not a 'uuid'                     |
      | job            | unknown-status           | /status            | 'DONE' is not one of                |
      | job            | status-number            | /status            | 3 is not                            |
      | job            | created-without-zone     | /createdAt         | is not a 'date-time'                |
      | job            | updated-no-such-day      | /updatedAt         | is not a 'date-time'                |
      | job            | payload-list             | /payload           | is not of type 'object'             |
      | job            | a-list                   | /                  | is not of type 'object'             |
      | event-envelope | no-event-id              | /                  | 'eventId' is a required property    |
      | event-envelope | no-correlation-id        | /                  | 'correlationId' is a required       |
      | event-envelope | no-idempotency-key       | /                  | 'idempotencyKey' is a required      |
      | event-envelope | correlation-no-uuid      | /correlationId     | is not a 'uuid'                     |
      | event-envelope | unknown-type             | /eventType         | 'job.vanished' is not one of        |
      | event-envelope | version-two-numbers      | /contractVersion   | does not match                      |
      | event-envelope | producer-without-version | /producer          | 'version' is a required property    |
      | event-envelope | producer-text            | /producer          | is not of type 'object'             |
      | event-envelope | occurred-without-zone    | /occurredAt        | is not a 'date-time'                |
      | event-envelope | payload-text             | /payload           | is not of type 'object'             |
      | job-accepted   | no-event-id              | /                  | 'eventId' is a required property    |
      | job-accepted   | job-id-no-uuid           | /jobId             | is not a 'uuid'                     |
      | job-accepted   | more-than-both           | /                  | Additional properties are not       |

  Scenario: Every contract says which version it is, and the list of versions has it
    Catches: a service meets a message and cannot tell whether its contract is older or newer than the message's.

    Then each of "event-envelope", "job" and "job-accepted" is a contract with a version and a name of its own
    And the list of versions has the latest version of every contract

  Scenario: What was released has not changed without the version that tells so
    Catches: somebody edits a contract in place, and services that were built yesterday read something else than those built today.

    Then the version of every contract was raised as its changes since the release require

  Scenario Outline: When in a contract <change>, its <number> number has to rise
    Catches: a change that breaks readers goes out as a small one, and they find out in production.

    When in the contract of a job "<change>"
    Then its version has to rise by a <number> number
    And the change is told as "<told>"
    And version "<too small>" is refused for it, and "<right>" is not

    Examples: what breaks writers or readers
      | change                                      | number | too small | right | told                                                     |
      | a field that has to be there is added       | major  | 1.9.0     | 2.0.0 | owner has to be there now                                |
      | a field is removed                          | major  | 1.1.0     | 2.0.0 | metadata is gone                                         |
      | a field that may be missing has to be there | major  | 1.1.0     | 2.0.0 | updatedAt has to be there now                            |
      | a field that has to be there may be missing | major  | 1.1.0     | 2.0.0 | createdAt may be missing now                             |
      | a kind of value is exchanged                | major  | 1.0.1     | 2.0.0 | the type of type is integer, and was string              |
      | a status is removed                         | major  | 1.1.0     | 2.0.0 | status may not be EXECUTING any more                     |
      | a format is asked for                       | major  | 1.1.0     | 2.0.0 | the format of type is hostname, and was None             |
      | a format is given up                        | major  | 1.1.0     | 2.0.0 | the format of id is None, and was uuid                   |
      | fields without a name are refused           | major  | 1.1.0     | 2.0.0 | the whole refuses fields that are not named              |

    Examples: what only adds
      | change                               | number | too small | right | told                                                            |
      | a field that may be missing is added | minor  | 1.0.7     | 1.1.0 | priority is new                                                 |
      | a status is added                    | minor  | 1.0.1     | 1.1.0 | status may be CANCELLED now                                     |
