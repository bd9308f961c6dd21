Feature: steps that a step runs

  Scenario: escapes
    When it runs steps
      """
      Then the table is [["a"], ["x|y"], ["\\"]]
        | a    |
        | x\|y |
        | \\   |
      """

  Scenario: a text
    When it runs steps
      """
      Then the text is "a  "
        ```
        a  
        ```
      """

  Scenario: a second text
    When it runs steps
      """
      Then the text is "a"
        ```
        a
        ```
        ```
        b
        ```
      """

  Scenario: words before the first step
    When it runs steps
      """
      the table is looked at, too
      Then the table is [["a"]]
        | a |
      """

  Scenario: a scenario
    When it runs steps
      """
      Then the table is [["a"]]
        | a |
      Scenario: another one
      Then the table is [["b"]]
        | b |
      """

  Scenario: an outline
    When it runs steps
      """
      Then the table is [["<a>"]]
        | <a> |
      Examples:
        | a |
        | 1 |
      """
