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

  @catches.unlabelled-dataset-accepted
  Scenario: What an environment tells of a dataset is taken up to its limits, and refused beyond them in words
    Catches: a dataset is told that no database can keep, and the night's ingestion ends with an error that nobody can read.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    Then the platform answers what the environment tells of a dataset:
      | told                            | answer                                                     |
      | a title of 255 letters          | taken                                                      |
      | a title of 256 letters          | dataset_title or a count is larger than this platform      |
      | an id of 255 letters            | taken                                                      |
      | an id of 256 letters            | dataset_title or a count is larger than this platform      |
      | 9007199254740992 rows           | taken                                                      |
      | 9007199254740993 rows           | dataset_title or a count is larger than this platform      |
      | 9007199254740992 bytes of data  | taken                                                      |
      | 9007199254740993 bytes of data  | dataset_title or a count is larger than this platform      |
      | 4096 columns                    | taken                                                      |
      | 4097 columns                    | schema: at most 4096 columns in 524288 bytes can be kept.  |
      | a schema of 524288 bytes        | taken                                                      |
      | a schema of 524289 bytes        | schema: at most 4096 columns in 524288 bytes can be kept.  |
      | no labels                       | labels: a dataset for tabular_classification needs labels  |
      | a category that nobody knows    | category: 'juggling' is not one of                         |
      | a number as its title           | dataset_title: 1 is not of type 'string'                   |
