@ring1 @ingestor @nightly @needs.mysql @budget.30
Feature: An ingestion that goes wrong leaves nothing half done, and its owner knows

  It protects the owner's data and the platform's picture of it, whatever happens on the way: the same file again, rows that the database refuses,
  defects in the data, a platform that answers wrongly or not at all, and pods that are killed. All of it with the real tracebloc-ingest.

  Background:
    Given a secure environment is Online

  @p0
  Scenario: Names of people in an undeclared column never leave
    Catches: an upgrade that stores, samples or describes columns which nobody declared.
    Catches no sabotage: what is read and reported of the columns is the real ingestor's own doing.

    When the owner ingests 20 rows
    Then the undeclared column with names of people was staged, and is neither in the table nor known to the platform

  @p1
  Scenario: The same rows have other ids in another table
    Catches: ids that are plain hashes, by which anybody could find the same patient in two datasets.
    Catches no sabotage: the ids are the real ingestor's own doing.

    Given the owner has ingested 20 rows
    When the owner ingests the same 20 rows into another table
    Then no row has the same id in both tables

  @p0
  Scenario: The same table ingested again is no second dataset
    Catches: a nightly export that is ingested twice, and every row counts double.
    Catches no sabotage: the ingestor itself finds that nothing is new, and asks the platform for nothing.

    Given the owner has ingested 20 rows
    When the owner ingests the same 20 rows again
    Then the ingestion ends well
    And the table holds 20 rows
    And the owner has one dataset with 20 records

  @p1 @catches.second-ingest-taken-for-the-first
  Scenario: New rows for the same table are a dataset of their own
    Catches: rows that were added later, which the platform never hears of.

    Given the owner has ingested 20 rows
    When the owner ingests 10 new rows into the same table
    Then the ingestion ends well
    And the table holds 30 rows
    And the owner has two datasets, with 20 and 10 records

  @p1 @catches.ingest-failure-not-kept @catches.failed-ingestion-listed
  Scenario: The same images again are refused, since their files are there already
    Catches: files of one dataset overwritten by those of another.

    Given the owner has ingested a few images
    When the owner ingests the same images again
    Then the ingestion fails, since "Duplicate Validator failed"
    And the owner has one dataset with 6 records
    And the owner is told of 1 failed ingestion

  @p2
  Scenario: Rows that stand in a file twice count once
    Catches: the carelessness of an export becomes the weight of a patient.
    Catches no sabotage: the ingestor collapses them before it tells anybody.

    When the owner ingests 20 different rows, two of which stand in the file twice
    Then the ingestion ends well
    And the table holds 20 rows
    And the owner has one dataset with 20 records

  @p1 @catches.ingest-failure-not-kept @catches.failed-ingestion-listed
  Scenario: A table's columns cannot be changed by a later ingestion
    Catches: half of a table's rows without a value, and models that learn from the gap.

    Given the owner has ingested 20 rows
    When the owner ingests rows with other columns into the same table
    Then the ingestion fails, since "do not match the dataset schema"
    And the table holds 20 rows
    And the owner has one dataset with 20 records
    And the owner is told of 1 failed ingestion

  @p1
  Scenario: A row that the database refuses is left out, and the ingestion does not pass for clean
    Catches: a row lost in silence behind a green check mark.
    Catches no sabotage: the ingestor itself leaves the row out and registers the rest.

    When the owner ingests 20 rows, one of which the database refuses
    Then the ingestion fails, since "1 record(s) failed during ingestion"
    And the table holds 19 rows
    And the owner has one dataset with 19 records
    And the owner is told of 0 failed ingestions

  @p1
  Scenario: A sequence that loses a row is left out whole
    Catches: a heartbeat with a hole in it is learned from as if it were healthy.
    Catches no sabotage: the ingestor itself leaves the sequence out and registers the rest.

    When the owner ingests 4 sequences of 5 rows, and the database refuses one row
    Then the ingestion fails, since "1 record(s) failed during ingestion"
    And the table holds 15 rows
    And the owner has one dataset with 3 records

  @p1 @upstream.mistyped-label
  @catches.unlabelled-dataset-accepted @catches.ingest-failure-not-kept @catches.failed-ingestion-listed
  Scenario: A mistyped label column is noticed
    Catches: a dataset to classify by without a single label, offered to teams until their trainings fail.
    The real ingestor does not notice (it registers an empty set of labels and ends well), so the platform has to; the real one is not known to.

    When the owner ingests rows with a mistyped label column
    Then the ingestion fails, since the platform refuses a dataset without labels
    And nothing of it is left in the secure environment but what was staged
    And the owner has no dataset
    And the owner is told of 1 failed ingestion

  @p1 @catches.ingest-failure-not-kept @catches.failed-ingestion-listed
  Scenario: A table with a defect is refused whole
    Catches: a validator that an upgrade switched off, and data nobody can train on.

    When the owner ingests tables, each with a defect:
      | defect                                        |
      | a declared column is missing                  |
      | a number is not one                           |
      | a text is longer than declared                |
      | a row has no label                            |
      | there is one class only                       |
      | a row has too many cells                      |
      | there is a header and no row                  |
      | the file is empty                             |
      | the text is in another encoding               |
      | a column is named like one of the framework's |
      | the label's column is declared and not there  |
    Then each ingestion fails for its reason:
      | reason                                  |
      | Data Validator failed                   |
      | Data Validator failed                   |
      | Data Validator failed                   |
      | Label Diversity Validator failed        |
      | Label Diversity Validator failed        |
      | Data Validator failed                   |
      | Ingestable Records Validator failed     |
      | Ingestable Records Validator failed     |
      | is not valid UTF-8                      |
      | collide with reserved tracebloc columns |
      | Schema columns not present in CSV       |
    And nothing of it is left in the secure environment but what was staged
    And the owner has no dataset
    And the owner is told of 11 failed ingestions

  @p1 @catches.ingest-failure-not-kept @catches.failed-ingestion-listed
  Scenario: Images with a defect are refused whole
    Catches: one broken image that ends a training of ten hours.

    When the owner ingests images, each with a defect:
      | defect                    |
      | an image is missing       |
      | an image is cut off       |
      | an image has another size |
      | a file is not an image    |
    Then each ingestion fails for its reason:
      | reason                              |
      | Ingestable Records Validator failed |
      | Image Resolution Validator failed   |
      | Image Resolution Validator failed   |
      | Image Resolution Validator failed   |
    And nothing of it is left in the secure environment but what was staged
    And the owner has no dataset
    And the owner is told of 4 failed ingestions

  @p1 @needs.faults.egress
  Scenario: A server error of the platform is sat out
    Catches: a restart of the platform loses an ingestion of ten hours.
    Catches no sabotage: that the registration is asked for again is the ingestor's own doing.

    Given the next 2 registrations in the secure environment meet a server error
    When the owner ingests 20 rows
    Then the ingestion ends well
    And the registration was asked for 3 times
    And the table holds 20 rows
    And the owner has one dataset with 20 records

  @p0 @needs.faults.egress @catches.ingest-registered-twice
  Scenario: A registration whose answer gets lost is not made twice
    Catches: a dropped connection doubles a dataset, and with it the weight of a secure environment in every average.

    Given the answer to the next registration in the secure environment gets lost
    When the owner ingests 20 rows
    Then the ingestion ends well
    And the registration was asked for 2 times
    And the table holds 20 rows
    And the owner has one dataset with 20 records

  @p1 @needs.faults.egress @catches.ingest-failure-not-kept @catches.failed-ingestion-listed
  Scenario: A registration that is refused takes its rows and files back
    Catches: rows that no dataset stands for, which are trained on or block the next ingestion.

    Given the next registration in the secure environment is refused
    When the owner ingests a few images
    Then the ingestion fails, since the platform refuses the dataset
    And nothing of it is left in the secure environment but what was staged
    And the owner has no dataset
    And the owner is told of 1 failed ingestion

  @p1 @needs.faults.process
  Scenario: Without a way to the platform the rows are taken back
    Catches: a firewall rule turns into data that is neither there nor gone.
    Catches no sabotage: nothing of the reference platform is reached.

    Given the secure environment's way to the platform is blocked
    When the owner ingests 20 rows
    Then the ingestion fails, since "Unable to connect to proxy"
    And nothing of it is left in the secure environment but what was staged
    And the owner has no dataset

  @p1
  Scenario: What a killed ingestion left is not counted twice
    Catches: a node that runs out of memory doubles the rows, or locks the table for ever.
    Catches no sabotage: rows, lock and journal are the real ingestor's own doing.

    When the ingestion of 24000 rows is killed as soon as the first are in the table
    Then a part of the 24000 rows is in the table
    And the owner has no dataset
    When the owner ingests the same 24000 rows again
    Then the ingestion fails, since "Another ingest is already running"
    When the operator removes the lock of the dead ingestion
    And the owner ingests the same 24000 rows again
    Then the ingestion ends well
    And the table holds 24000 rows
    And the owner has one dataset with 24000 records

  @p1 @catches.ingest-failure-not-kept @catches.failed-ingestion-listed
  Scenario: An ingestion that is asked to end says so, and the next one takes over
    Catches: a node that is emptied for an update leaves a dataset that nobody misses and nobody can make.

    When the ingestion of 24000 rows is stopped as soon as the first are in the table
    Then a part of the 24000 rows is in the table
    And the owner has no dataset
    And the owner is told that the ingestion was cancelled
    When the owner ingests the same 24000 rows again
    Then the ingestion ends well
    And the table holds 24000 rows
    And the owner has one dataset with 24000 records
