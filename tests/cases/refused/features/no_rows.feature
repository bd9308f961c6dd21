Feature: f
  Scenario Outline: s
    Given it passes
    Examples:
      | n |
