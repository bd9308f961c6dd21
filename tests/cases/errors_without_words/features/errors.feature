Feature: Errors that cannot say what they are

  Scenario: one whose text cannot be made
    Given it raises an error that cannot be printed

  Scenario: several at once
    Given it raises two errors in one

  Scenario: none
    Given nothing is wrong
