"""Rows of an ingested dataset."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from environments.platforms.tracebloc.messaging.messages import DatasetTable
from environments.platforms.tracebloc.training import readers
from environments.platforms.tracebloc.training.data import Rows, UnreadableRows, draw, split
from environments.platforms.tracebloc.training.readers.storage import Storage
from support.platforms.tracebloc.sample_data import datasets
from tests.platforms.tracebloc.training.work import table, toy_rows, train_cycle

CLASSIFICATION, REGRESSION = "tabular_classification", "tabular_regression"


def read_rows(database_url: str, dataset: DatasetTable, category: str) -> Rows:
    return readers.read_rows(Storage(database_url, Path("/nowhere")), train_cycle(category=category, dataset=dataset))


def test_the_rows_of_one_ingestion_come_in_their_order(database_url: str) -> None:
    rows, expected = read_rows(database_url, table(), CLASSIFICATION), toy_rows(80, seed=1)
    assert np.array_equal(rows.features, expected.features)
    assert np.array_equal(rows.labels, expected.labels)
    assert len(read_rows(database_url, table("test"), CLASSIFICATION)) == 150


def test_features_come_in_the_order_asked_for(database_url: str) -> None:
    backwards = table(features=datasets.feature_names()[::-1])
    assert np.array_equal(read_rows(database_url, backwards, CLASSIFICATION).features, toy_rows(80, seed=1).features[:, ::-1])


def test_labels_of_regression_are_numbers_and_a_missing_value_is_nan(database_url: str) -> None:
    with create_engine(database_url).begin() as connection:
        connection.execute(text("UPDATE toys SET label = '2.5', feature_02 = NULL"))
    rows = read_rows(database_url, table(), REGRESSION)
    assert rows.labels.dtype == np.float32
    assert set(rows.labels) == {2.5}
    assert np.isnan(rows.features[:, 1]).all()


@pytest.mark.parametrize(
    ("change", "category", "words"),
    [
        ("UPDATE toys SET label = 'cat' WHERE id = 3", CLASSIFICATION, "1 label(s) are not among the dataset's 3 classes"),
        ("UPDATE toys SET label = NULL WHERE id = 3", CLASSIFICATION, "1 label(s) are not among"),
        ("UPDATE toys SET feature_03 = 'red'", CLASSIFICATION, "column feature_03 holds a value that is not a number"),
        ("SELECT 1", REGRESSION, "column label holds a value that is not a number"),
        ("DELETE FROM toys", CLASSIFICATION, "table toys holds no train rows of ingestion run-train"),
        ("DROP TABLE toys", CLASSIFICATION, "table toys cannot be read: no such table"),
        ("SELECT 1", "seq2seq", "category seq2seq cannot be trained here"),
    ],
)
def test_rows_that_cannot_be_used_are_refused_in_words(change: str, category: str, words: str, database_url: str) -> None:
    with create_engine(database_url).begin() as connection:
        connection.execute(text(change))
    with pytest.raises(UnreadableRows) as failure:
        read_rows(database_url, table(), category)
    assert words in str(failure.value)


def test_a_split_is_seeded_and_leaves_no_row_out() -> None:
    rows = Rows(np.arange(10, dtype=np.float32)[:, None], np.arange(10))
    training, validation = split(rows, 0.3, seed=1)
    assert (len(training), len(validation)) == (7, 3)
    assert sorted([*training.labels, *validation.labels]) == list(range(10))
    assert np.array_equal(split(rows, 0.3, seed=1)[1].labels, validation.labels)
    assert not np.array_equal(split(rows, 0.3, seed=2)[1].labels, validation.labels)


@pytest.mark.parametrize(("count", "fraction", "expected"), [(2, 0.01, (1, 1)), (2, 0.99, (1, 1)), (100, 0.001, (99, 1)), (5, 0.0, (5, 5))])
def test_a_split_keeps_one_row_on_each_side(count: int, fraction: float, expected: tuple[int, int]) -> None:
    training, validation = split(Rows(np.zeros((count, 1), dtype=np.float32), np.arange(count)), fraction, seed=1)
    assert (len(training), len(validation)) == expected


def test_one_row_cannot_be_split() -> None:
    with pytest.raises(UnreadableRows, match="at least 2 rows"):
        split(Rows(np.zeros((1, 1), dtype=np.float32), np.zeros(1)), 0.1, seed=1)


def test_so_many_rows_of_each_class_are_drawn_the_same_ones_by_the_same_seed() -> None:
    rows = Rows(np.arange(30), np.arange(30) % 3)
    drawn = draw(rows, {0: 4, 2: 7}, seed=1)
    assert np.bincount(drawn.labels, minlength=3).tolist() == [4, 0, 7]
    assert (np.diff(drawn.features) > 0).all()
    assert np.array_equal(drawn.features, draw(rows, {0: 4, 2: 7}, seed=1).features)
    assert not np.array_equal(drawn.features, draw(rows, {0: 4, 2: 7}, seed=2).features)
    assert len(draw(rows, {None: 12}, seed=1)) == 12
    with pytest.raises(UnreadableRows, match="11 rows were chosen where there are 10"):
        draw(rows, {0: 11}, seed=1)


def test_of_rows_in_time_the_last_are_taken() -> None:
    rows = Rows(np.arange(10), np.arange(10), in_order=True)
    assert draw(rows, {None: 3}, seed=1).features.tolist() == [7, 8, 9]
    assert len(draw(rows, {None: 12}, seed=1)) == 10
