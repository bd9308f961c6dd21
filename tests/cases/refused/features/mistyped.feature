Feature: f
  Scenario: s
    Givn it fails
    Then it passes
