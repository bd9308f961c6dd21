Feature: f
  Scenario Outline: s
    Given it passes
    Examples:
      When it fails
      | n |
      | 1 |
