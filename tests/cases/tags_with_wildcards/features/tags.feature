Feature: Tags that begin alike

  @load-short
  Scenario: short
    Given it passes

  @load-long
  Scenario: long
    Given it passes

  Scenario: untagged
    Given it passes
