@ring1 @ingestor @nightly @p0 @budget.30
Feature: Only what should be ingested is, once, and only its owner sees it

  It protects the secure environment from whoever reaches it, and datasets from whoever is curious: who may start an ingestion, of which files, how
  often, where it is told, and who sees what was told. Where there is no MariaDB, the reference ingestor does as well, but for the environment's name.

  Background:
    Given a secure environment is Online

  @catches.ingestion-key-ignored
  Scenario: An ingestion that is asked for twice runs once
    Catches: a command line that got no answer asks again, and two jobs load the same table at the same time.

    When the owner asks twice for the same ingestion of 20 rows
    Then both answers name the same job, and it is the only one
    And the ingestion ends well
    And the owner has one dataset with 20 records

  @catches.ingestion-open-to-everybody
  Scenario: Who does not have the environment's token ingests nothing
    Catches: a port that was opened for a demonstration lets anybody fill the tables.

    When somebody without the environment's token asks for an ingestion of 20 rows
    Then it is refused, since "this token does not allow to ingest here"
    And no ingestion was started

  @catches.ingestion-keys-of-any-form
  Scenario: What is no request for an ingestion is refused in words
    Catches: a slip in a script fails somewhere in the cluster, where nobody reads why.

    Then these requests for an ingestion are refused:
      | request                             | words                                                   |
      | no key                              | idempotency_key: Field required                         |
      | a key of 64 letters                 | idempotency_key: 1 to 63 letters, digits                |
      | an empty key                        | idempotency_key: 1 to 63 letters, digits                |
      | a key with a blank                  | idempotency_key: 1 to 63 letters, digits                |
      | a key that ends with a dot          | idempotency_key: 1 to 63 letters, digits                |
      | no configuration                    | ingest_config: Field required                           |
      | a text for a configuration          | ingest_config: Input should be a valid dictionary       |
      | another kind of configuration       | kind: 'IngestConfig' was expected                       |
      | an image that is no digest          | image_digest: String should match pattern               |
    And no ingestion was started

  @catches.ingestion-sources-not-confined
  Scenario: Files of the machine are not ingested
    Catches: a configuration file with secrets becomes a dataset whose values are told to the platform.

    When the owner asks for an ingestion of a file outside the shared volume
    Then it is refused, since "the data has to be staged on the shared volume"
    When the owner asks for an ingestion of a path that leads out of the shared volume
    Then it is refused, since "the data has to be staged on the shared volume"
    When the owner asks for an ingestion of a link that leads out of the shared volume
    Then it is refused, since "the data has to be staged on the shared volume"
    And no ingestion was started

  @needs.mysql @catches.ingestion-sent-to-production
  Scenario: An ingestion talks to the environment it belongs to, never to production
    Catches: a renamed variable, since the real ingestor takes an unset environment name for production.

    When the owner ingests 20 rows
    Then the ingestion ends well
    And only the platform of that environment was talked to

  @wording.api @wording.method @catches.every-host-let-through
  Scenario: The way out of a secure environment leads to the platform, and nowhere else
    Catches: a rule that looks at the end of a name lets a stranger's look-alike through, and rows leave by the only door.

    Then the way out of the secure environment lets these through, and nobody else:
      | asked as | to                       | port | let through |
      | CONNECT  | dev-api.tracebloc.io     | 443  | yes         |
      | CONNECT  | stg-api.tracebloc.io     | 443  | yes         |
      | CONNECT  | api.tracebloc.io         | 443  | yes         |
      | CONNECT  | api.tracebloc.io         | 80   | no          |
      | CONNECT  | dev-api.tracebloc.io     | 22   | no          |
      | CONNECT  | evil-api.tracebloc.io    | 443  | no          |
      | CONNECT  | evilapi.tracebloc.io     | 443  | no          |
      | CONNECT  | api.tracebloc.io.example | 443  | no          |
      | CONNECT  | tracebloc.io             | 443  | no          |
      | CONNECT  | example.org              | 443  | no          |
      | CONNECT  | 127.0.0.1                | 443  | no          |
      | GET      | api.tracebloc.io         | 443  | no          |
      | POST     | api.tracebloc.io         | 80   | no          |

  @catches.dataset-visible-to-everybody
  Scenario: Nobody else sees a dataset
    Catches: a filter by owner that was lost, and hospitals that see each other's statistics.

    Given the owner has ingested 20 rows
    And somebody else has an account
    Then the owner has one dataset with 20 records
    And somebody else sees no dataset and cannot look into the owner's
