@ring1 @p0 @budget.60
Feature: The keys of a secure environment

  It protects the owners from each other: every secure environment stands on somebody's own machines, and whoever breaks into one of them holds
  the keys that it was given when it logged in. They open its own queues and nothing else, and end with its credential.

  Source: our choice; that a login is answered with keys of the Service Bus is the public chart's (docs/SECURITY.md, section 8.1).

  @catches.edge-gets-the-root-key @catches.queues-of-the-first-environment-for-all
  Scenario: Stolen keys open one secure environment's queues, and nothing once it is revoked
    Catches: one hospital is broken into, and the work and the results of all the others can be read and forged.

    Given a stub participant is Online with 20 rows to train and 10 rows to test
    And another stub participant is Online with 20 rows to train and 10 rows to test
    Then the keys of the first secure environment let it take its own work and send its own reports
    And they open neither the work of another secure environment nor what all of them report
    When the owner revokes the first secure environment
    Then the keys of the first secure environment no longer open anything
    And the keys of the second secure environment let it take its own work and send its own reports
