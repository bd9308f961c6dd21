Feature: f
  Scenaro: lost
    When it fails
  Scenario: s
    Then it passes
