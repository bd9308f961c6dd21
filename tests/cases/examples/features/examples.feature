# the first comment
# language: en

# another
@t1 @t2  # words after tags
@t3
Feature: examples
  Free text.
  # a comment in it

  Scenario Outline: row <n>
    # before steps
    Given it passes

    # before examples
    Examples: set <n>
      These are described,
      # with a comment
      and nothing else.

      | n |
      # | 0 |
      | 1 | # a note

    Examples:
      | n |
      | 2 |

  Scenario: plain word <n>
    Then "<n>" is "3"
    Examples:
      | n |
      | 3 |

  Scenario Outline: no examples <n>
    Given it fails
