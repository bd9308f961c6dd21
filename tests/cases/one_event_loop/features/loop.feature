Feature: Coroutines of several steps

  Scenario: a task of one step is awaited in the next
    Given a task waits for a word
    When the word "hello" is said
    Then the task has heard "hello"
