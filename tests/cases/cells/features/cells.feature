Feature: cells

  Scenario: escapes
    Then the table is [["a", "b", "c", "d", "e"], ["x|y", "one\ntwo", "p\\q", "\\", "\\t"]]
      | a    | b        | c    | d  | e  |
      | x\|y | one\ntwo | p\\q | \\ | \t |

  Scenario Outline: a row <v>
    Then "<v>" is "p|q"
    Examples:
      | v    |
      | p\|q |

  Scenario Outline: one <a>
    Then <a> stays as it was written
    Examples:
      | a         | b    |
      | <b>x</b>  | bold |

  Scenario: comments
    Then the table is [["a"], ["#1 # x"], ["2"]]
      | a      | # the heading
      # not a row
      | #1 # x |

      | 2      | # the last
    And "#main" is "#main"
