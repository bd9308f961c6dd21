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
