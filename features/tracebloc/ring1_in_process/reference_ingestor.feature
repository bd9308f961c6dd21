@ring1 @nightly @p1 @budget.60
Feature: The reference ingestor keeps the real one's promises

  It protects runs on machines without MySQL, where a small ingestor stands in for tracebloc-ingest: what it stores and tells must be what the
  real one would, or everything that is tried there is tried on something else.

  Source: tracebloc-ingestor 0.8.94 for names, types and what is told; that it takes tables of classes only is our choice.

  @catches.empty-cells-stored-as-nought
  Scenario: Rows are stored as they stand, once, and counted for the owner
    Catches: empty cells become noughts, fractions are cut off, or a second run doubles the data.

    Given a file for the reference ingestor, labelled by the diagnosis:
      | age | smoker | weight | word  | diagnosis |
      | 41  | yes    | 70.5   | maybe | sick      |
      | NA  | no     | 80.25  | often | well      |
      | 9   | F      | NA     | maybe | well      |
      | -3  | 1      | 1e2    | NA    | well      |
    When the reference ingestor runs
    Then it ends well, and these rows are stored:
      | age | smoker | weight | word  | label |
      | 41  | true   | 70.5   | maybe | sick  |
      | NA  | false  | 80.25  | often | well  |
      | 9   | false  | NA     | maybe | well  |
      | -3  | true   | 100    | NA    | well  |
    And the owner sees one dataset of 4 rows, with the labels "sick: 1, well: 3", and what is known of its columns:
      | column | type   | known                                            |
      | age    | int    | count 3 sum 47 sum_sq 1771 min -3 max 41         |
      | smoker | bool   | nothing                                          |
      | weight | float  | count 3 sum 250.75 sum_sq 21410.3 min 70.5 max 100 |
      | word   | string | maybe, often                                     |
    When the reference ingestor runs on the same file again
    Then it ends well, and these rows are stored:
      | age | smoker | weight | word  | label |
      | 41  | true   | 70.5   | maybe | sick  |
      | NA  | false  | 80.25  | often | well  |
      | 9   | false  | NA     | maybe | well  |
      | -3  | true   | 100    | NA    | well  |
    And the owner sees one dataset of 4 rows, with the labels "sick: 1, well: 3", and what is known of its columns:
      | column | type   | known                                            |
      | age    | int    | count 3 sum 47 sum_sq 1771 min -3 max 41         |
      | smoker | bool   | nothing                                          |
      | weight | float  | count 3 sum 250.75 sum_sq 21410.3 min 70.5 max 100 |
      | word   | string | maybe, often                                     |
    When the reference ingestor runs on the same file for a second table
    Then it ends well, and these rows are stored:
      | age | smoker | weight | word  | label |
      | 41  | true   | 70.5   | maybe | sick  |
      | NA  | false  | 80.25  | often | well  |
      | 9   | false  | NA     | maybe | well  |
      | -3  | true   | 100    | NA    | well  |
    And no row has the id that it has in the first table

  @catches.unfit-cells-taken
  Scenario: What does not fit is refused in words, and what cannot be registered is taken back
    Catches: half a file is ingested, or rows lie in the secure environment that nobody knows of.

    Given a file for the reference ingestor, labelled by the diagnosis:
      | age | smoker | weight | word | diagnosis |
      | 41  | yes    | 70.5   | a    | sick      |
      | 9   | no     | 8      | b    | well      |
    Then the reference ingestor refuses:
      | what                             | words                                                             |
      | another task                     | the reference ingestor knows tabular_classification only          |
      | no such file                     | the CSV file cannot be read: FileNotFoundError                    |
      | an unknown type                  | age: String should match pattern                                  |
      | a setting that is none           | /colour: Extra inputs are not permitted                           |
      | a column of the framework's name | the names status are the framework's own columns                  |
      | a label that is no column        | the CSV file has no column verdict                                |
      | a fraction for a whole number    | line 3, column age: this is no INT                                |
      | a truth that is none             | line 3, column smoker: this is no BOOLEAN                         |
      | an endless number                | line 3, column weight: this is no FLOAT                           |
      | a word for a number              | line 3, column weight: this is no FLOAT                           |
      | no label                         | line 3: the label is missing or longer than 255 characters        |
      | one label only                   | the label column needs at least two classes                       |
      | a cell too many                  | line 3 has not as many cells as the header                        |
      | a cell too few                   | line 3 has not as many cells as the header                        |
    When the platform does not know the secure environment any more, and the reference ingestor runs
    Then it says "the backend refused the summary", ends with exit code 1, and no row is left behind

  @catches.rows-of-dead-runs-kept
  Scenario: What a run left that was killed is gone with the next one
    Catches: a node is restarted in the night, and the rows of before are in the way of the next run, or are trained on without a dataset.

    Given a file for the reference ingestor, labelled by the diagnosis:
      | age | smoker | weight | word | diagnosis |
      | 41  | yes    | 70.5   | a    | sick      |
      | 9   | no     | 8      | b    | well      |
    And an earlier run of the reference ingestor was killed before it registered its rows
    When the reference ingestor runs
    Then 2 rows of 1 registered ingestions are stored
    And the owner sees these datasets of it, the oldest first:
      | rows | labels           | samples |
      | 2    | sick: 1, well: 1 | 2       |

  @catches.summary-refused-for-good
  Scenario: A platform that cannot register now is asked again, and a second file is a dataset of its own
    Catches: a platform that is restarted costs a hospital the night's ingestion, or new rows are told with the old ones counted in.

    Given a file for the reference ingestor, labelled by the diagnosis:
      | age | smoker | weight | word | diagnosis |
      | 41  | yes    | 70.5   | a    | sick      |
      | 9   | no     | 8      | b    | well      |
    And the platform answers the next registrations with "503, lost, 429"
    When the reference ingestor runs
    Then the registration was answered 3 times with something else, and went through
    And 2 rows of 1 registered ingestions are stored
    And the owner sees these datasets of it, the oldest first:
      | rows | labels           | samples |
      | 2    | sick: 1, well: 1 | 2       |
    When the file gets 12 more rows, of which 3 are labelled "sick" and 9 are labelled "well"
    And the reference ingestor runs
    Then the owner sees these datasets of it, the oldest first:
      | rows | labels           | samples |
      | 2    | sick: 1, well: 1 | 2       |
      | 12   | sick: 3, well: 9 | 10      |
    And 14 rows of 2 registered ingestions are stored
    When the platform answers the next registrations with "400, 503"
    And the file gets 2 more rows, of which 1 are labelled "sick" and 1 are labelled "well"
    And the reference ingestor runs
    Then it says "the backend refused the summary: 400", ends with exit code 1, and the registration was answered once
    And 14 rows of 2 registered ingestions are stored

  @catches.test-labels-sampled
  Scenario: Rows to test with are marked so, and no label of theirs leaves the secure environment
    Catches: whoever reads a dataset's samples knows some of the answers that submissions are scored by.

    Given a file for the reference ingestor, labelled by the diagnosis:
      | age | smoker | weight | word    | diagnosis |
      | 41  | yes    | 70.5   | " old " | " sick "  |
      | 9   | no     | 8      | young   | well      |
    When the reference ingestor runs on it as rows to test with
    Then it ends well, and these rows to test with are stored:
      | age | smoker | weight | word  | label |
      | 41  | true   | 70.5   | old   | sick  |
      | 9   | false  | 8      | young | well  |
    And the owner sees one dataset to test with, of 2 rows, whose samples have no labels
