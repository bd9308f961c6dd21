Feature: f
  Scenario: s
    Some words
    when it fails
    Then it passes
