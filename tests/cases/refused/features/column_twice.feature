Feature: f
  Scenario Outline: s
    Given it takes <n>
    Examples:
      | n | m | n |
      | 1 | 2 | 3 |
