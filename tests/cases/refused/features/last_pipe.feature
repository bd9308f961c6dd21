Feature: f
  Scenario: s
    Then the table is []
      | a   |
      | foo |
      | bar
