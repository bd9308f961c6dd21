Feature: A server in a thread of the run

  Scenario Outline: asked for the <time> time
    Then the server answers
    Examples:
      | time   |
      | first  |
      | second |
      | third  |
