@ring2 @needs.servers @budget.30
Feature: Gateway

  It protects: only jobs that the contract allows get into the platform, and whoever submits one is told what became of it.

  @p0 @catches.required-fields-unchecked
  Scenario Outline: A job without its <field> is refused
    When a job without its "<field>" is submitted
    Then the gateway refuses it, and names "<field>"
    And nothing of the job gets into the platform

    Examples:
      | field     |
      | id        |
      | type      |
      | status    |
      | createdAt |

  @p0 @wording.json @catches.required-fields-unchecked
  Scenario Outline: A job whose <field> is <value> is refused
    When a job whose "<field>" is <value> is submitted
    Then the gateway refuses it, and names "<field>"

    Examples:
      | field   | value    |
      | status  | "ASLEEP" |
      | status  | 7        |
      | type    | ["mail"] |
      | payload | "text"   |
      | id      | null     |

  @p0 @catches.formats-unchecked
  Scenario Outline: A job whose <field> only looks like one is refused
    When a job whose "<field>" is <value> is submitted
    Then the gateway refuses it, and names "<field>"

    Examples:
      | field     | value                      |
      | id        | "job-1"                    |
      | createdAt | "yesterday"                |
      | createdAt | "2026-13-01T00:00:00.000Z" |

  @p1 @upstream.first-problem-only @catches.first-problem-only
  Scenario: All that is wrong with a job is told at once
    When a job without "type", with the status "ASLEEP" and the id "job-1" is submitted
    Then the gateway refuses it, and names "type", "status" and "id"

  @p1 @upstream.status-unchecked-on-submission @catches.status-unchecked
  Scenario: A job that claims to be done already is refused
    When a job whose "status" is "COMPLETED" is submitted
    Then the gateway refuses it, and names "status"

  @p1 @catches.errors-as-web-pages
  Scenario Outline: What is no job is refused in the same form: <what>
    When <what> is submitted as a job
    Then the gateway refuses it in the contract's form
    And the answer tells nothing of the gateway's inside

    @upstream.errors-as-web-pages
    Examples: what is no JSON, or no object
      | what                     |
      | half a text              |
      | a list                   |
      | a number                 |
      | a text that is not UTF-8 |

    @upstream.empty-body-shows-the-trace
    Examples: nothing at all
      | what    |
      | nothing |

  @p1 @catches.unknown-fields-dropped
  Scenario: What the contract leaves open travels along
    When a job with "metadata" and a field of its own is submitted
    Then an event tells that the job is completed
    And that event carries both

  @p1 @catches.correlation-id-renewed
  Scenario: A correlation id travels with the job
    When a job is submitted with a correlation id
    Then an event tells that the job is completed
    And that event carries the correlation id

  @p1 @upstream.correlation-id-not-returned @catches.correlation-id-not-returned
  Scenario: A correlation id is returned
    When a job is submitted with a correlation id
    Then the answer carries the correlation id

  @p1 @upstream.correlation-id-not-returned @catches.correlation-id-not-returned
  Scenario: Whoever brings no correlation id gets one
    When a job is submitted
    Then the answer carries a correlation id
    And an event tells that the job is completed
    And that event carries the correlation id

  @p1 @upstream.odd-correlation-id-breaks @catches.odd-correlation-id-breaks
  Scenario: A correlation id that is none is refused
    When a job is submitted with the correlation id "yesterday's"
    Then the gateway refuses it, and names "X-Correlation-Id"

  @p1 @catches.health-without-version
  Scenario: The gateway says that it lives and is ready, and which version it is
    Then the gateway is healthy
    And the gateway is ready

  @p1 @catches.accepted-jobs-not-counted
  Scenario: The gateway counts the jobs that the broker has
    Given it is noted how many jobs the gateway accepted
    When a job is submitted
    Then the gateway accepted at least 1 job more

  @p2 @upstream.metrics-without-service @catches.metrics-without-service
  Scenario: What the gateway counts says whose it is
    When a job is submitted
    Then the gateway's counters name their service

  @p2 @catches.proxy-hides-outage
  Scenario Outline: What the gateway passes on says that nobody is there: <what>
    When the gateway is asked for <what>
    Then it says that "<whose>" is unavailable

    Examples:
      | what        | whose        |
      | the alerts  | Alertmanager |
      | the targets | Prometheus   |

  @p2
  Scenario: The gateway describes how jobs are submitted
    Catches no sabotage: the description is made of the code itself.

    Then the gateway's description says how to submit a job
