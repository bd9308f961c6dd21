Feature: f
  Given it fails
  Scenario: s
    Then it passes
