@ring1 @p0
Feature: Backend flow: five submissions a day and team

  It protects the test data: a team that could submit without end would learn it. tracebloc's documents say at most five a day and team.

  The secure environment is a stub participant, which trains nothing and scores nothing: what is submitted stays pending, and counts.

  Background:
    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case

  @budget.30 @catches.daily-limit-per-person
  Scenario: All members of a team share its five submissions, and another team has its own
    Catches: a large team submits five times for each of its members, or one team uses up the submissions of all.

    Given "Ada" has trained cycle 1 of 1
    And "the teammate" is in the team of "Ada"
    And "Ben" has joined the use case
    And "Ben" has trained cycle 1 of 1
    When "Ada" submits cycle 1 for inference 3 times
    And "the teammate" submits cycle 1 of the experiment of "Ada" for inference 2 times
    Then My Submissions of "Ada" shows 5 submissions
    And My Submissions of "the teammate" shows 5 submissions
    And "Ada" cannot submit cycle 1: "Your team has made its 5 submissions of today (UTC)."
    And "Ben" can still submit cycle 1

  @budget.30 @catches.refused-submission-counted
  Scenario: A refused submission is not counted
    Catches: a slip, such as a cycle that is not completed yet, costs one of the day's submissions.

    Given "Ada" has trained cycle 1 of 3
    Then "Ada" cannot submit cycle 2: "Cycle 2 is not completed yet."
    And "Ada" cannot submit cycle 3: "Cycle 3 is not completed yet."
    And "Ada" cannot submit cycle 4: "There is no such cycle."
    And "Ada" cannot submit cycle 0: "number: Input should be greater than or equal to 1"
    And My Submissions of "Ada" shows 0 submissions
    When "Ada" submits cycle 1 for inference 5 times
    Then My Submissions of "Ada" shows 5 submissions
    And "Ada" cannot submit cycle 1: "Your team has made its 5 submissions of today (UTC)."
