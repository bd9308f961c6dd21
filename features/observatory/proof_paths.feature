@ring2 @needs.servers @p0 @budget.30
Feature: Proof paths

  It protects: the four ways in which the platform proves that it works, each held to its outcome, its contract and this very job.

  @catches.accepted-as-created @catches.answer-names-another-job
  Scenario: P1, the gateway accepts a job
    When a job is submitted
    Then the gateway accepts it as the contract says

  @catches.accepted-job-not-handed-on @catches.completion-not-told
  Scenario: P2, an event tells what became of the job
    When a job is submitted
    Then an event tells that the job is completed
    And every event of the job is one that the contract allows

  @exclusive.latest-jobs @catches.accepted-job-not-handed-on
  Scenario: P3, the job stands completed among the latest ones
    When a job is submitted
    Then the job stands among the latest ones as "COMPLETED", as the contract says

  @catches.submissions-not-counted @catches.submissions-counted-twice
  Scenario: P4, the job is counted
    Given no job of a new kind was ever counted
    When a job of that kind is submitted
    Then the gateway counted 1 job of that kind
    When a job of that kind is submitted
    Then the gateway counted 2 jobs of that kind
