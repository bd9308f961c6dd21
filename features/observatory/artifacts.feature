@ring1 @budget.180
Feature: What every run leaves behind

  It protects: whoever looks for the reason of a red run finds it in what the run left, however the run ended: the decision with each rule,
  the answers as they came, and the logs of every service.
  Source: invariant I5 of the observatory. Its own decision says how many checks failed and not which, names neither commit nor versions, and
  is written before anything is known.
  Catches no sabotage: what runs left is Ringmaster's own, and no defect of the platform can touch it.

  @p0 @without-platform
  Scenario: A green run leaves its record, its reports and the decision
    Catches: the artifacts of a release are empty, and nobody can say a week later what was tested.

    When the contracts are tested in a run of their own
    Then the run ends with exit code 0
    And it left a record with 15 scenarios, and a report for people, machines and Allure
    When the gate decides about that run
    Then the decision is that the release can go, with each rule and what it found
    And the decision names the run, its commit, its substrate and its seconds

  @p1 @without-platform
  Scenario: A run that is out of time is ended, and leaves the same
    Catches: the budget is looked at once everything is over, so that a run that hangs is never red and leaves nothing.

    When the contracts are tested in a run that may take 0.01 seconds
    Then the run ends with exit code 4
    And it left a record with 15 scenarios, and a report for people, machines and Allure
    When the gate decides about that run
    Then the decision is that the release has to wait, because of "p0"

  @p2 @nightly @needs.servers
  Scenario: A platform that does not start leaves the reason, and the logs of all services
    Catches: the start fails in CI, the machine is thrown away, and the only trace is an exit code.

    When the proof paths are tested with an event store that cannot start
    Then the run ends with exit code 3
    And it left a record of the start that failed, which names "event_store"
    And it left a log of each service
    When the gate decides about that run
    Then the decision is that the release has to wait, because of "platform-started"

  @p1 @needs.servers
  Scenario: Answers are kept as they came
    Catches: a scenario fails on an answer that nobody has seen, and it is run again and again until somebody does.

    When a job is submitted
    Then the evidence of this scenario has the job, and the gateway's answer to it
    And the evidence of this scenario has no password of the platform
