@ring1 @p0 @budget.30
Feature: Backend flow: what is known of a dataset is its owner's

  It protects the owners of data from each other: what an ingestion told the platform is seen, used and changed by nobody but its owner and the
  secure environment that told it, and an owner hears of the ingestions that failed.

  Source: tracebloc-ingestor 0.8.94 for what a secure environment tells; who sees it is our choice.

  @catches.metadata-rewritten-by-anybody @catches.dataset-visible-to-everybody
  Scenario: Another owner can neither see, use nor change a dataset
    Catches: whoever learns the key of a dataset reads its statistics, or rewrites its columns from a machine of their own.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a second dataset stands in the table of the training dataset
    And "Eve" owns a secure environment that a stub participant plays
    Then the training dataset is closed to "Eve" in each of these ways:
      | way                                         | words                      |
      | finding it among the datasets               | nothing is shown           |
      | opening it                                  | There is no such dataset.  |
      | attaching it to a use case of one's own     | You have no dataset        |
      | having one's environment read its columns   | There is no such dataset.  |
      | having one's environment change its columns | There is no such table.    |
    And the owner's own environment can change the columns of that table's datasets, and of no other, which the owner sees
    And what "Eve" tells of an ingestion with the same id is a dataset of their own

  @catches.failure-kept-after-success @catches.ingest-failure-not-kept
  Scenario: An ingestion that failed is shown to the owner of its environment, one that is registered is not
    Catches: an owner looks for a dataset that never came, or is told of a failure although all rows are there.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 40 rows to train and 20 rows to test
    And "Eve" owns a secure environment that a stub participant plays
    When the first environment reports of its ingestions:
      | ingestion           | reason           |
      | an unknown one      | ingestion_failed |
      | the registered one  | ingestion_failed |
      | another unknown one | config_refused   |
    Then the owner sees these failures of the first environment, and none of the second: "ingestion_failed, config_refused"
    And "Eve" cannot see the failures of the first environment: "There is no such secure environment."
