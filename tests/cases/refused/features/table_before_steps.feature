Feature: f
  Scenario: s
    | a |
    Then it passes
