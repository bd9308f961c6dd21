@ring1 @ingestor @nightly @needs.mysql @budget.30
Feature: An ingestion whose environment is out of order says so, and leaves nothing that is taken for data

  It protects the owner from datasets that are told and not there, or there and not told, when what is wrong is not the data: a database that is away,
  a changed password, a certificate that is not trusted, a platform that does not answer. All of it with the real tracebloc-ingest.

  Left out: a platform that registers and then answers none of six tries. The ingestor takes its rows back and the dataset stays listed, as its authors
  know (a window between two that cannot both be sure); nobody has said what the platform should do, so there is nothing to hold it to.

  @p1 @needs.faults.process
  Scenario: Without its database an ingestion ends at once, and can be made up for
    Catches: an ingestion that hangs, or passes for done, while the database is restarted.
    Catches no sabotage: the real ingestor ends before it has asked the platform for anything.

    Given a secure environment whose database can go away is Online
    And the secure environment's database goes away
    When the owner ingests 20 rows
    Then the ingestion fails, since "Can't connect to MySQL server"
    And nothing of it is left in the secure environment but what was staged
    And the owner has no dataset
    And the owner is told of 0 failed ingestions
    When the secure environment's database is back
    And the owner ingests the same 20 rows again
    Then the ingestion ends well
    And the table holds 20 rows
    And the owner has one dataset with 20 records

  @p1 @budget.60 @needs.faults.process @catches.ingest-failure-not-kept @catches.failed-ingestion-listed
  Scenario: An ingestion that loses its database in the middle does not pass for done
    Catches: a database that is restarted for an update leaves a part of the rows, and the platform offers it as the whole.

    Given a secure environment whose database can go away is Online
    When the database goes away as soon as the first of 24000 rows are in the table
    Then the ingestion fails, since "Database unavailable during"
    And a part of the 24000 rows is in the table
    And the journal says that the ingestion is not registered
    And the owner has no dataset
    And the owner is told of 1 failed ingestion

  @p1
  Scenario: A changed password of the database ends an ingestion at once, and is not told
    Catches: a password that is renewed in one place only, and the old one in a log that goes to support.
    Catches no sabotage: the real ingestor ends before it has asked the platform for anything.

    Given a secure environment is Online
    And the password of the secure environment's database was changed
    When the owner ingests 20 rows
    Then the ingestion fails, since "Access denied for user"
    And its log does not tell the database's password
    And nothing of it is left in the secure environment but what was staged
    And the owner has no dataset
    And the owner is told of 0 failed ingestions

  @p1 @needs.faults.egress
  Scenario: Who is not vouched for is told nothing
    Catches: a firewall that opens what is encrypted reads labels and statistics, since somebody switched the check of certificates off.
    Catches no sabotage: what is trusted is the real ingestor's own doing, and nothing of the reference platform is reached.

    Given a secure environment is Online
    And ingestions trust a different authority from the one that vouches for the platform
    When the owner ingests 20 rows
    Then the ingestion fails, since "CERTIFICATE_VERIFY_FAILED"
    And nothing of it is left in the secure environment but what was staged
    And the owner has no dataset
    And the owner is told of 0 failed ingestions

  @p0 @needs.faults.egress @catches.ingest-registered-twice
  Scenario: A registration whose answer never comes is not made twice
    Catches: an overloaded platform, asked again by whoever got tired of waiting, has every dataset twice.

    Given a secure environment whose ingestions wait 0.5 seconds for an answer is Online
    And the answer to the next registration in the secure environment never comes
    When the owner ingests 20 rows
    Then the ingestion ends well
    And the registration was asked for 2 times
    And the table holds 20 rows
    And the owner has one dataset with 20 records
