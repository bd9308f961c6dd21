Feature: rules

  Background:
    Given it notes "feature"

  @tagged
  Rule: with a background
    Background:
      And it notes "rule"

    Scenario: in the rule
      Then the notes are ["feature", "rule"]

    Scenario Outline: in its outline <n>
      And it notes "<n>"
      Then the notes are ["feature", "rule", "1"]
      Examples:
        | n |
        | 1 |

  Rule: without
    Scenario: without one of its own
      * it notes "own"
      Then the notes are ["feature", "own"]
