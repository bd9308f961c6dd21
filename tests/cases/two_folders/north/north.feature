Feature: In the north

  Scenario: the north is asked
    Given this is the north
