@ring2 @needs.servers
Feature: Integration gate

  It protects: the nine checks of the project's own gate, in their order. The gate may take 180 seconds; past that the scenario is ended and
  fails, whatever it still waits for.

  @p0 @budget.180 @catches.accepted-job-not-handed-on @catches.completion-not-told @catches.submissions-not-counted
  @catches.event-not-counted
  Scenario: Nine checks in order
    Given every service of the platform runs
    Then the gateway is healthy
    And the read model is healthy
    When 3 jobs are submitted
    Then each answer names its job and an event of its own
    And all of them are completed within 30 seconds
    And the events name each job, and no event stands there twice
    And the counters know at least 3 jobs more
    And the gateway counted 3 jobs of that kind
