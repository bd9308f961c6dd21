"""The ten checks after an ingestion: what is in the table, on the shared volume and on the platform, held against what was staged.

Source: tracebloc-ingestor 0.8.94 (`storage.v1.json`, `backend_api.v1.json`, `layout.v1.json`) as it was seen to work.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hamcrest import assert_that, contains_inanyorder, empty, equal_to, has_entries, has_length, matches_regexp

from support.platforms.tracebloc.clients.dataset_store import FRAMEWORK_COLUMNS
from support.platforms.tracebloc.playbook.ingestion.runs import count, staging_folder
from support.platforms.tracebloc.sample_data.sources.source import UNDECLARED_COLUMN, undeclared_value
from support.platforms.tracebloc.scene import Ingested, Ingestion

HEXADECIMAL = "^[0-9a-f]{64}$"
MOST_SAMPLES = 10
FOLDER_MODE, FILE_MODE = 0o2777, 0o664


def rows_arrived(ingested: Ingested) -> str:
    """1: each row of the source is in the table, for the intent it was ingested for, by one run."""
    rows, intent = ingested.stored.rows, ingested.ingestion.intent
    assert_that(rows, has_length(ingested.ingestion.source.rows), "rows in the table")
    assert_that({(row["data_intent"], row["ingestor_id"]) for row in rows}, has_length(1), "intents and runs of the rows")
    assert_that(rows[0]["data_intent"], equal_to(intent), "what the rows are for")
    return f"{len(rows)} rows to {intent}"


def labels_are_the_sources(ingested: Ingested) -> str:
    """2: the labels in the table are those of the source, as often."""
    counted = dict(Counter(row["label"] for row in ingested.stored.rows))
    assert_that(counted, equal_to(ingested.ingestion.source.stored_labels), "rows by label")
    return f"{len(counted)} labels" if None not in counted else "no labels"


def columns_are_the_declared(ingested: Ingested) -> str:
    """3: the framework's columns, then the declared ones, and no other."""
    columns = ingested.stored.columns
    assert_that(columns[: len(FRAMEWORK_COLUMNS)], equal_to(FRAMEWORK_COLUMNS), "the framework's columns")
    assert_that(columns[len(FRAMEWORK_COLUMNS) :], equal_to(ingested.ingestion.source.columns), "the declared columns")
    return ", ".join(ingested.ingestion.source.columns) or "none declared"


def files_are_in_place(ingested: Ingested) -> str:
    """4: the files are where training looks for them, under the names it makes of the rows, and others may read and write them."""
    folder, source = dataset_folder(ingested.ingestion), ingested.ingestion.source
    if not source.files:
        assert_that(folder.exists(), equal_to(False), "a folder for a dataset without files")
        return "a table has no files"
    files = list(folder.iterdir())
    assert_that([file.name for file in files], contains_inanyorder(*source.files), "the dataset's files")
    named = [f"{row['filename']}{row['extension']}" for row in ingested.stored.rows]
    assert_that(set(named) - source.files, empty(), "files that rows name and that are not there")
    assert_that(set(named), has_length(source.rows), "files named by one row each")
    assert_that(oct(folder.stat().st_mode & 0o7777), equal_to(oct(FOLDER_MODE)), "the folder's mode")
    assert_that({oct(file.stat().st_mode & 0o7777) for file in files}, equal_to({oct(FILE_MODE)}), "the files' modes")
    return f"{len(files)} files"


def samples_tell_no_test_labels(ingested: Ingested) -> str:
    """5: the platform has at most ten rows' ids, all of this dataset, with labels to train and without to test."""
    samples = ingested.told["samples"]
    assert_that(samples, has_length(min(MOST_SAMPLES, ingested.ingestion.source.rows)), "samples")
    ids = {row["data_id"] for row in ingested.stored.rows}
    assert_that({sample["data_id"] for sample in samples} - ids, empty(), "samples of rows that are not in the table")
    expected = ["data_id"] if ingested.ingestion.intent == "test" else ["data_id", "label"]
    for sample in samples:
        assert_that(sorted(sample), equal_to(expected), f"what a sample says of {ingested.ingestion.intent} data")
    return f"{len(samples)} samples to {ingested.ingestion.intent}"


def statistics_are_of_declared_columns(ingested: Ingested) -> str:
    """6: the platform's statistics are of declared columns, and nothing of the undeclared one was stored or told."""
    statistics = ingested.told["meta_data"].get("attributes", {}).get("feature_stats", {})
    declared = ingested.ingestion.source.columns
    assert_that(statistics.keys() - set(declared), empty(), "columns with statistics that were not declared")
    for what, content in (("was told", ingested.told), ("is stored", list(ingested.stored.rows))):
        text = json.dumps(content, default=str, ensure_ascii=False)
        for secret in (UNDECLARED_COLUMN, undeclared_value(0).rpartition(" ")[0]):
            assert_that(secret in text, equal_to(False), f"whether '{secret}' {what}")
    return ", ".join(sorted(statistics)) or "no statistics"


def ids_are_unique_and_salted(ingested: Ingested) -> str:
    """7: each row has an id of its own, mixed with a secret of the table that nobody is told."""
    ids = [str(row["data_id"]) for row in ingested.stored.rows]
    for one in ids:
        assert_that(one, matches_regexp(HEXADECIMAL), "a row's id")
    assert_that(set(ids), has_length(len(ids)), "different ids")
    salt = ingested.stored.salt
    assert_that(salt, matches_regexp(HEXADECIMAL), "the table's salt")
    assert_that(salt in json.dumps(ingested.told), equal_to(False), "whether the platform was told the salt")
    return f"{len(ids)} ids"


def journal_says_registered(ingested: Ingested) -> str:
    """8: the journal has the one run, as registered."""
    source, run = ingested.ingestion.source, ingested.told["ingestor_id"]
    expected = has_entries(ingestor_id=run, registered=1, task=source.category)
    assert_that(list(ingested.stored.runs), has_length(1), "runs in the journal")
    assert_that(ingested.stored.runs[0], expected, "the run in the journal")
    return f"run {run}"


def no_copy_and_no_lock_is_left(ingested: Ingested) -> str:
    """9: staged files are gone, a staged table is as it was (the command line removes that one), and the table is not locked."""
    ingestion = ingested.ingestion
    staged = staging_folder(ingestion.environment, ingestion.table)
    left = sorted(file.name for file in staged.rglob("*")) if staged.exists() else []
    assert_that(left, equal_to([] if ingestion.source.files else [ingestion.source.table_file]), "what is left in staging")
    assert_that(locks(ingestion.environment.client.shared_folder), empty(), "locks")
    return "files are gone from staging" if ingestion.source.files else "the staged table is left alone"


def platform_knows_the_table(ingested: Ingested) -> str:
    """10: what the platform was told is what the table holds: run, purpose, counts, columns and size."""
    ingestion, told, source = ingested.ingestion, ingested.told, ingested.ingestion.source
    of_the_table = {
        "ingestor_id": ingested.stored.rows[0]["ingestor_id"],
        "table_name": ingestion.table,
        "intent": ingested.stored.rows[0]["data_intent"],
        "category": source.category,
        "edge": ingestion.environment.client_id,
        "record_count": source.records,
        "size_bytes": _bytes_of(ingested),
    }
    assert_that(told, has_entries(of_the_table), "what the platform knows")
    assert_that(tuple(told["schema"]), equal_to(ingested.stored.columns), "the columns that the platform knows")
    if source.bucketed:
        # the buckets' names are the ingestor's own
        assert_that(sum(told["labels"].values()), equal_to(source.rows), "rows in buckets")
        assert_that(told["labels"].keys() & source.labels.keys(), empty(), "exact values among the buckets")
    else:
        assert_that(told["labels"], equal_to(source.labels), "the labels that the platform counts")
    return f"{told['record_count']} records, {told['size_bytes']} bytes"


def nothing_came_of_it(ingestion: Ingestion) -> None:
    """A failed ingestion left no row, no file and no lock, and kept what was staged."""
    assert_that(count(ingestion), equal_to(0), "rows in the table")
    folder = dataset_folder(ingestion)
    assert_that(list(folder.iterdir()) if folder.exists() else [], empty(), "files in the dataset's folder")
    assert_that(locks(ingestion.environment.client.shared_folder), empty(), "locks")
    assert_that(any(staging_folder(ingestion.environment, ingestion.table).iterdir()), equal_to(True), "whether staged data is there")


def dataset_folder(ingestion: Ingestion) -> Path:
    """Where the files of a dataset are."""
    return ingestion.environment.client.shared_folder / ingestion.table


def locks(shared_folder: Path) -> Sequence[Path]:
    """The locks that are held on tables."""
    return [file for file in shared_folder.iterdir() if re.fullmatch(r"\.tracebloc-ingest-.*\.lock", file.name)]


def _bytes_of(ingested: Ingested) -> int:
    source = ingested.ingestion.source
    if source.files:
        return sum(file.stat().st_size for file in dataset_folder(ingested.ingestion).iterdir())
    staged = staging_folder(ingested.ingestion.environment, ingested.ingestion.table)
    return (staged / source.table_file).stat().st_size
