Feature: What programs say that are not text programs

  Scenario Outline: fails with <what>
    When it prints and fails with <what>
    Examples:
      | what             |
      | half a character |
      | control codes    |
      | colours          |
      | markup           |

  Scenario: prints all of it
    When it prints and passes
