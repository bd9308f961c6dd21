Feature: tags with columns

  Scenario Outline: row
    Then the tags are ["on.<address>"]

    @on.<address>
    Examples: <address>
      | address  |
      | 10.0.0.1 |
      | 10.0.0.2 |

  @quarantine.<issue>.<day>
  Scenario Outline: known <issue>
    Given it fails
    Examples:
      | issue | day        |
      | A-1   | 2999-01-01 |

  Scenario: ordinary
    Given it passes
