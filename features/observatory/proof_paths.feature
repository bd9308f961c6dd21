@ring2 @needs.servers @budget.30
Feature: Proof paths

  It protects: the four ways in which the platform proves that it works, each held to status, schema and this very job.

  @p0 @catches.accepted-job-not-handed-on @catches.accepted-as-created
  Scenario: P1, the gateway accepts a job
    When a job is submitted
    Then the gateway accepts it as the contract says
    And the job is completed
