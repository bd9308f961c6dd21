Feature: nothing checked
  Scenario: without steps
  Scenario: with a step
    Given it passes
