"""Named defects that can be switched on, one at a time, to prove that a scenario notices them.

A scenario says by its tag `@catches.<name>` which of them make it fail. Source: our choice.
"""

import os
from enum import StrEnum
from typing import Self

VARIABLE = "RINGMASTER_SABOTAGE"


class Sabotage(StrEnum):
    """Single, realistic defects: the name on the command line, what the defect does, and the real incident it stands for."""

    meaning: str
    incident: str

    def __new__(cls, name: str, meaning: str, incident: str) -> Self:
        """The value is the name; the words go along."""
        sabotage = str.__new__(cls, name)
        sabotage._value_ = name
        sabotage.meaning = meaning
        sabotage.incident = incident
        return sabotage

    WEIGHTS_AVERAGED_UNWEIGHTED = (
        "weights-averaged-unweighted",
        "every participant counts the same, however many rows it trained on",
        "a rewrite of the averaging drops the weighting, and small hospitals steer the model",
    )
    CYCLE_DONE_WITHOUT_WEIGHTS = (
        "cycle-done-without-weights",
        "a cycle is done when its pods are, whatever becomes of their weights",
        "the experiment shows Completed while the averaging service is down",
    )
    LEADERBOARD_SORTED_THE_WRONG_WAY = (
        "leaderboard-sorted-the-wrong-way",
        "the worst score ranks first",
        "a score that is better when lower is added, and all others are sorted with it",
    )
    EXPIRED_POD_TOKEN_ACCEPTED = (
        "expired-pod-token-accepted",
        "a pod goes on for ever with a token that has expired",
        "an upgrade of the token library no longer checks the expiry by default",
    )
    FAILED_POD_NOT_REPORTED = (
        "failed-pod-not-reported",
        "a training pod that fails is never heard of again",
        "the monitor watches running pods only, and the experiment hangs for ever",
    )
    FLOPS_NOT_RELAYED = (
        "flops-not-relayed",
        "what a training cost never reaches the team's budget",
        "a renamed queue swallows the cost, and teams train for free",
    )
    TEST_DATA_REGISTERED_FOR_TRAINING = (
        "test-data-registered-for-training",
        "every dataset is registered as one to train on",
        "a default swallows the intent, and teams train on the very rows they are scored on",
    )
    RECORDS_COUNTED_BY_LABEL = (
        "records-counted-by-label",
        "a dataset has as many records as its labels add up to",
        "an old rule comes back: images count once a box, and texts without labels not at all",
    )
    INGEST_REGISTERED_TWICE = (
        "ingest-registered-twice",
        "the same ingestion, told twice, makes two datasets",
        "an answer gets lost, the ingestor asks again, and the owner finds every row offered twice",
    )
    SECOND_INGEST_TAKEN_FOR_THE_FIRST = (
        "second-ingest-taken-for-the-first",
        "an ingestion into a table that the platform knows is taken for a repeat",
        "a guard against repeats goes by the table's name, and rows added later are never trained on",
    )
    INGEST_FAILURE_NOT_KEPT = (
        "ingest-failure-not-kept",
        "the platform forgets at once that an ingestion failed",
        "the report is acknowledged before it is written, and the owner waits for a dataset that never comes",
    )
    FAILED_INGESTION_LISTED = (
        "failed-ingestion-listed",
        "ingestions that failed are listed among the datasets",
        "a list is made of runs and not of datasets, and a use case is published on no rows at all",
    )
    UNLABELLED_DATASET_ACCEPTED = (
        "unlabelled-dataset-accepted",
        "a dataset to classify by is registered although it has no labels",
        "a mistyped label column goes unnoticed until every training on it fails",
    )
    DATASET_VISIBLE_TO_EVERYBODY = (
        "dataset-visible-to-everybody",
        "whoever is logged in sees all datasets",
        "a filter by owner is lost in a rewrite, and hospitals see each other's statistics",
    )
    INGESTION_KEY_IGNORED = (
        "ingestion-key-ignored",
        "asking twice for the same ingestion starts it twice",
        "a command line that timed out asks again, and two jobs load the same table",
    )
    INGESTION_OPEN_TO_EVERYBODY = (
        "ingestion-open-to-everybody",
        "anybody who reaches the jobs-manager may ingest",
        "the check of the token is switched off for a demonstration and stays off",
    )
    INGESTION_SOURCES_NOT_CONFINED = (
        "ingestion-sources-not-confined",
        "an ingestion may read any file that its pod can see",
        "a path is no longer checked, and a configuration file with secrets is ingested as a dataset",
    )
    INGESTION_SENT_TO_PRODUCTION = (
        "ingestion-sent-to-production",
        "ingestion pods are not told which environment of the platform they belong to",
        "a variable is renamed, the ingestor takes an unset one for production, and test data is registered there",
    )


def is_on(sabotage: Sabotage) -> bool:
    """Whether this process was started with the defect switched on."""
    return os.environ.get(VARIABLE) == sabotage
