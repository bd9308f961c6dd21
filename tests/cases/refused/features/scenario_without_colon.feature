Feature: f
  Scenario lost
    When it fails
  Scenario: s
    Then it passes
