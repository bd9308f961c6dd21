@network
Feature: What is far away

  Scenario: is away at first, and is then not needed
    When the first call fails
    Then it is not needed any more

  Scenario: is away at first, and is there then
    When the first call fails
