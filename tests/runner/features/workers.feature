@p0
Feature: Scenarios run beside each other, and nobody can tell from the reports

  Catches no sabotage: it is about the runner, and needs no platform.

  Scenario: Four workers tell what one tells
    Given the project with every kind of outcome
    When it is run with 1 worker, and again with 4
    Then console, JUnit and Allure count the same, and tell the same of every scenario

  Scenario: A worker that dies costs one scenario
    Given a project with a scenario that passes
    And a scenario tagged "@p0" of which "it is killed by signal 9"
    And 5 scenarios tagged "@p0" of which "it passes"
    When it is run with "--workers 2"
    Then the exit code is 1
    And 6 scenarios passed
    And the scenario "number 2" is an "error"
    And it says "signal 9 (SIGKILL)"

  Scenario: What disturbs others runs alone
    Given a project with a scenario that passes
    And 4 scenarios tagged "@p1" of which "it notes that it runs for 0.1 s"
    And 2 scenarios tagged "@serial" of which "it notes that it runs for 0.1 s"
    When it is run with "--workers 4"
    Then the exit code is 0
    And no other scenario ran beside those tagged "@serial"

  Scenario: A second attempt is never a secret
    Given a project with a scenario that passes
    And a scenario tagged "@network" of which "it passes at attempt 2"
    When it is run
    Then the exit code is 0
    And the record tells 2 attempts, and what went wrong in the first
    And it says "attempt 1 of 2 failed, trying again: Then it passes at attempt 2"
