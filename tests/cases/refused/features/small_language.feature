# Language: de
Feature: f
  Scenario: s
    Given it passes
