Feature: An audit that lists all that is wrong

  Scenario: two of four are wrong
    Given entry 1 is wrong
    Then entry 2 is right
    And entry 3 is wrong
    And entry 4 is right
