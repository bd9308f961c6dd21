Feature: f
  Background:
    Given "<n>" is "1"
  Scenario Outline: s
    Given it passes
    Examples:
      | n |
      | 1 |
