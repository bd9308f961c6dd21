Feature: Code that wants to leave

  Scenario Outline: by <error>
    Given a step raises <error>
    Examples:
      | error             |
      | SystemExit        |
      | KeyboardInterrupt |
      | GeneratorExit     |

  Scenario: stays
    Given a step stays
