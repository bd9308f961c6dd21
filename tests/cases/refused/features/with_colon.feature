Feature: f
  Background:
    Given: it fails
  Scenario: s
    Then it passes
