"""Small datasets of every category: what they say of themselves is what is on disk."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from environments.platforms.tracebloc.jobs_manager.ingestion import _schema
from support.platforms.tracebloc.playbook.ingestion.runs import PATHS
from support.platforms.tracebloc.sample_data.sources import MAKERS, defects, make
from support.platforms.tracebloc.sample_data.sources.source import UNDECLARED_COLUMN

FILES = ("images", "annotations", "masks", "texts", "sequences")


@pytest.mark.parametrize("category", MAKERS)
def test_a_source_is_what_it_says(category: str, tmp_path: Path) -> None:
    source = make(category, tmp_path, seed=1)
    about = {"apiVersion": "tracebloc.io/v1", "kind": "IngestConfig", "table": "rows", "intent": "train"}
    assert list(_schema().iter_errors(about | {"category": source.category} | source.config)) == []
    assert all((tmp_path / str(source.config[name])).exists() for name in PATHS if name in source.config)
    on_disk = {file.name for name in FILES if name in source.config for file in (tmp_path / str(source.config[name])).iterdir()}
    assert on_disk == source.files
    assert sum(source.stored_labels.values()) == source.rows
    if "csv" in source.config or "json" in source.config:
        rows = rows_of(tmp_path / source.table_file)
        assert len(rows) == source.rows
        assert len({row[UNDECLARED_COLUMN] for row in rows}) == source.rows
        assert UNDECLARED_COLUMN not in source.columns


def rows_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".json":
        return list(json.loads(path.read_text(encoding="utf-8")))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("category", MAKERS)
def test_another_seed_makes_another_source_and_the_same_seed_the_same(category: str, tmp_path: Path) -> None:
    contents = []
    for number, seed in enumerate((1, 1, 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        make(category, folder, seed)
        contents.append({file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()})
    assert contents[0] == contents[1] != contents[2]


def test_every_category_of_the_ingestor_has_a_source() -> None:
    assert {name.removesuffix("_as_json") for name in MAKERS} == set(_schema().schema["properties"]["category"]["enum"])


def test_an_unknown_category_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="Did you mean 'image_classification'"):
        make("image clasification", tmp_path, seed=1)


def test_an_unknown_defect_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="Did you mean 'a row has no label'"):
        defects.table_with("a row has no labels", tmp_path)


@pytest.mark.parametrize("defect", defects.TABLE_DEFECTS)
def test_a_defect_changes_the_table_or_what_is_declared(defect: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    for folder in (good, bad):
        folder.mkdir()
    source, spoilt = make("tabular_classification", good, seed=defects.SEED), defects.table_with(defect, bad)
    assert (good / "table.csv").read_bytes() != (bad / "table.csv").read_bytes() or source.config != spoilt.config
