Feature: A plant that loses its power

  Scenario: runs
    Given it passes

  Scenario: is in the dark
    Given it passes
