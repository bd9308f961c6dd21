Feature: f

  Scenario: s
    Given the table is [["a", "b"]]
      | a    | b |
      | \\| | x |
