Feature: In the south

  Scenario: the south is asked
    Given this is the south
