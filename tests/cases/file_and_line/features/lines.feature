Feature: lines

  Rule: r
    Scenario: one
      Given it passes

    @tagged
    Scenario Outline: two <n>
      Given it passes
      Examples: x
        | n |
        # two rows
        | 1 |
        | 2 |
      @more
      Examples: y
        | n |
        | 3 |
