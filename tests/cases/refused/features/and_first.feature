Feature: f
  Scenario: s
    And it passes
