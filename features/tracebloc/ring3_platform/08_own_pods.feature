@ring3 @nightly @p1 @budget.60 @needs.cluster.reading @only-reads
Feature: The platform's own pods

  It protects who runs the platform: what a chart promises is looked up in the pods as the cluster runs them, after every admission rule
  and every change by hand. It only looks, so it runs on a deployment that nobody may change, too.

  Scenario: The pods of the platform itself run, and may do little
    Catches: somebody patches a Deployment by hand to find a fault, and the backend runs with privileges ever after.
    Catches no sabotage: what the platform's own pods may do, their substrate decides and no reference service.

    When the pods of the platform itself are looked at
    Then each of them runs
    And they get no token of the cluster
    And no container of them has privileges or can gain any
