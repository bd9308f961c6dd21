@ring1 @p1 @budget.60
Feature: Backend flow: lists longer than a page

  It protects whoever has much: what stands on the second page of a list is as good as what stands on the first, and nothing stands on both.

  Source: tracebloc CLI for the pages of secure environments, which it reads by their numbers; all other lists are our choice.

  Background:
    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them

  @catches.second-page-begins-too-early
  Scenario: Every list is the same however many entries its pages have
    Catches: the sixteenth experiment of a team is nowhere to be found, or counts twice.

    Given the owner has 2 drafts of use cases
    And the stub participant has reported 3 more datasets
    And "Ada" has joined the use case
    And "Ben" has joined the use case
    And "Cleo" has joined the use case
    And "Ada" has trained cycle 1 of 1
    And "Ben" has trained cycle 1 of 1
    And "Cleo" has trained cycle 1 of 1
    And "Ada" has trained cycle 1 of 1
    And "Ada" has trained cycle 1 of 1
    When cycle 1 is submitted and scored, one after the other, by:
      | who  | score |
      | Ada  | 0.5   |
      | Ben  | 0.7   |
      | Cleo | 0.6   |
      | Ada  | 0.4   |
      | Ada  | 0.3   |
    And the team of "Ada" asks the teams of "Ben" and "Cleo" to merge
    And the first environment reports of its ingestions:
      | ingestion           | reason           |
      | an unknown one      | ingestion_failed |
      | another unknown one | config_refused   |
      | a third unknown one | ingestion_failed |
    Then these lists are the same however many entries a page has:
      | who       | list                  | entries |
      | Ada       | the experiments       | 3       |
      | Ada       | the submissions       | 3       |
      | Ada       | the leaderboard       | 3       |
      | the owner | the leaderboard       | 3       |
      | Ada       | the use cases         | 1       |
      | the owner | the use cases         | 3       |
      | the owner | the datasets          | 5       |
      | Ada       | the requests to merge | 2       |
      | Ben       | the requests to merge | 1       |
      | the owner | the failed ingestions | 3       |
    And the use cases of the owner are shown the newest first

  @catches.environments-beyond-the-first-page-hidden @catches.full-page-leads-to-nothing
  Scenario: Fifteen secure environments stand on one page, and sixteen on two
    Catches: a hospital group registers its sixteenth machine, and the command line says that there is none; or with fifteen it asks for a
    second page, and fails.

    When the owner registers 14 more secure environments
    Then the owner's list of secure environments has 15 entries, the newest first, on 1 page
    When the owner registers 1 more secure environment
    Then the owner's list of secure environments has 16 entries, the newest first, on 2 pages
