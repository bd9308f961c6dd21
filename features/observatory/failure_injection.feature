@ring2 @p1 @needs.servers @budget.30
@without.rabbitmq @without.postgresql @without.event-store @without.processor @without.metrics-engine
@without.redis @without.gateway @without.read-model
Feature: Failures of the terminal server on demand

  It protects: what people see when there is no terminal is tested with a server that really refuses, and not with a browser that was told to
  pretend.
  Source: odd-demonstration, phase 31.5. There the mode was set for the browser's tests and not for the server, so that it was never tried.

  @catches.terminal-test-mode-ignored
  Scenario: One connection asks for a failure, and nobody else has it
    Given the terminal server of the platform
    When ana tries to open a terminal in test mode "fail"
    Then ana is refused with "INTERNAL_ERROR"
    When ben opens a terminal
    Then ben gets a session

  @catches.terminal-test-mode-ignored
  Scenario: A server in test mode refuses everybody
    Given a terminal server of its own with
      | what      | is   |
      | test mode | fail |
    When ana tries to open a terminal
    Then ana is refused with "INTERNAL_ERROR"
    When ben tries to open a terminal
    Then ben is refused with "INTERNAL_ERROR"
    And 0 sessions are connected, and 0 wait for their owner

  @catches.terminal-test-mode-ignored
  Scenario: One connection asks for a delay, and nobody else waits
    Given the terminal server of the platform
    When ana tries to open a terminal in test mode "delay:1500"
    And ben tries to open a terminal
    Then ana waited 1.5 seconds for the session, and ben did not

  @catches.terminal-test-mode-ignored
  Scenario: A delay and a failure go together with the bearer token
    Given a terminal server of its own with
      | what         | is         |
      | bearer token | asked for  |
      | test mode    | delay:1500 |
    When eve tries to open a terminal
    Then eve is refused with "AUTH_REQUIRED"
    And eve was kept waiting for 1.5 seconds

  Scenario Outline: A test mode that nobody knows does no harm: <mode>
    Catches no sabotage: nothing is switched off for it; random mutants break it.

    Given the terminal server of the platform
    When ana tries to open a terminal in test mode "<mode>"
    Then ana gets a session

    Examples:
      | mode        |
      | delay:soon  |
      | sleep:60000 |
      | sometimes   |
