@ring1 @ingestor @nightly @p0 @needs.mysql @budget.30
@catches.test-data-registered-for-training
Feature: Every kind of dataset is ingested whole, and no more of it is told than must be

  It protects the way data comes in: the real, unmodified tracebloc-ingest reads a small dataset of each of its 16 categories on MariaDB, started by
  the secure environment as on a cluster, and ten checks hold what it left against what was staged.

  Catches: rows lost or doubled by an upgrade of pandas or of the database; files under names that training does not find; test labels that leave the
  secure environment; the name of a patient in the statistics of a column that nobody declared; a count on the platform that is not the table's;
  test data offered for training.

  Scenario Outline: <category> arrives whole
    Given a secure environment is Online
    When the owner ingests a small dataset for "<category>" to train and another one to test
    Then every row of the source is in the table
    And the table has the labels of the source, each as often
    And the table has the columns that were declared and no other
    And the files are where training looks for them, with the right names and modes
    And the platform shows samples with labels of the training data and without labels of the test data
    And the platform's statistics cover declared columns only
    And each row has an id of its own, salted by the table
    And the journal says that the ingestion is registered
    And no second copy of the files is left in staging and no lock is held
    And the platform knows exactly what the table holds

    Examples: tables
      | category                   |
      | tabular classification     |
      | tabular regression         |
      | time to event prediction   |
      | time series forecasting    |
      | time series classification |

    @wording.json
    Examples: rows that come as objects
      | category                       |
      | tabular classification as JSON |

    @catches.records-counted-by-label
    Examples: what is counted is not rows
      | category             |
      | object detection     |
      | token classification |

    Examples: images
      | category              |
      | image classification  |
      | keypoint detection    |
      | semantic segmentation |

    Examples: texts with labels
      | category                     |
      | text classification          |
      | sentence pair classification |

    @catches.records-counted-by-label
    Examples: texts without labels
      | category                 |
      | masked language modeling |
      | causal language modeling |
      | seq2seq                  |
      | embeddings               |
