Feature: background
  Background:
    Given it fails
  Scenario: without steps
  Scenario: with steps
    Then it passes
