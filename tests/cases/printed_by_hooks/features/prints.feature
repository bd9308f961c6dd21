Feature: Hooks that print

  Scenario: left out
    Given it passes

  Scenario: runs
    Given it passes

  Rule: of its own
    Scenario: in the rule
      Given it passes
