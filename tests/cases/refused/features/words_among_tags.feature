Feature: f
  @a b
  Scenario: s
    Given it passes
