Feature: f
  Scenario: s
    Then the table is []
      | a | b |
      | 1 |
