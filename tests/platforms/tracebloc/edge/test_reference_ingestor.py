"""The reference ingestor: the same tables and the same summary as the real one."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
import yaml
from jsonschema import Draft202012Validator

from environments.processes.client import Process
from tests.platforms.tracebloc.edge.conftest import Edge, Started
from tests.platforms.tracebloc.edge.stand_in import CLIENT_PASSWORD, StandInBackend

FRAMEWORK = ["id", "created_at", "updated_at", "status", "label", "data_intent", "data_id", "filename", "extension"]
FRAMEWORK += ["annotation", "ingestor_id"]


class Ingestor:
    """Runs the reference ingestor for one secure environment."""

    def __init__(self, started: Started, backend: StandInBackend, edge: Edge) -> None:
        self._started, self._backend, self._edge = started, backend, edge
        self._database_url = f"sqlite:///{edge.folder}/edge.sqlite"
        backend.answer("/api-token-auth/", f"username=one&password={CLIENT_PASSWORD}".encode(), "")

    def run(self, config: dict[str, Any]) -> Process:
        """One run, ended."""
        return self._started.processes.wait(self.begin(config).name, 20)

    def begin(self, config: dict[str, Any]) -> Process:
        """One run, begun."""
        path = self._edge.folder / f"{config['table']}.yaml"
        path.write_text(yaml.safe_dump(config))
        variables = {
            "TRACEBLOC_INGEST_CONFIG": str(path),
            "TRACEBLOC_ENV": "dev",
            "TRACEBLOC_BACKEND_TOKEN": f"token-{self._backend.logins}",
            "DATABASE_URL": self._database_url,
            "BACKEND_URL": self._backend.url,
        }
        return self._started.service("ingestor", variables, wait=False)

    def query(self, text: str) -> list[tuple[Any, ...]]:
        """What the edge's database holds."""
        engine = sql.create_engine(self._database_url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(sql.text(text))]
        engine.dispose()
        return found


@pytest.fixture
def ingestor(started: Started, backend: StandInBackend, edge: Edge) -> Ingestor:
    return Ingestor(started, backend, edge)


def check_contract(endpoint: str, body: dict[str, Any]) -> None:
    """Hold a body to the schema that the wheel ships."""
    package = find_spec("tracebloc_ingestor")
    assert package is not None
    assert package.submodule_search_locations
    schema = Path(package.submodule_search_locations[0]) / "contracts" / "schema" / "backend_api.v1.json"
    Draft202012Validator(json.loads(schema.read_text())["endpoints"][endpoint]["request"]).validate(body)


def test_rows_journal_and_summary_are_those_of_the_contract(ingestor: Ingestor, backend: StandInBackend, edge: Edge) -> None:
    csv = edge.stage("rows", rows=30)
    run = ingestor.run(edge.ingest_config("rows", csv))
    assert run.exit_code == 0
    assert "this is the reference ingestor" in run.log.read_text()
    (body,) = backend.taken("/global_meta/summary/rows/")
    check_contract("ingest_summary", body)
    columns = [row[1] for row in ingestor.query("pragma table_info(rows)")]
    assert columns == [*FRAMEWORK, "age", "city", "width"]
    assert list(body["schema"]) == columns
    assert [name for name, described in body["schema"].items() if described.get("role") == "target"] == ["label"]
    assert (body["record_count"], body["labels"]) == (30, {"no": 10, "yes": 20})
    assert body["size_bytes"] == csv.stat().st_size
    assert len(body["samples"]) == 10
    assert all(len(sample["data_id"]) == 64 and sample["label"] in ("yes", "no") for sample in body["samples"])
    assert body["meta_data"]["number_of_columns"] == 3
    statistics = body["meta_data"]["attributes"]["feature_stats"]
    assert statistics["age"] == {"count": 30, "sum": 465.0, "sum_sq": 9455.0, "min": 1, "max": 30}
    assert statistics["city"] == {"categories": ["x", "üx", "üüx", "üüüx"]}
    assert ingestor.query("select ingestor_id, table_name, registered, task from tracebloc_ingest_runs") == [
        (body["ingestor_id"], "rows", 1, "tabular_classification")
    ]
    assert ingestor.query("select count(*), min(width), max(age) from rows where data_intent = 'train'") == [(30, 0.0, 30)]


def test_two_runs_at_the_same_time_do_not_disturb_each_other(ingestor: Ingestor, started: Started, edge: Edge) -> None:
    begun = [ingestor.begin(edge.ingest_config(table, edge.stage(table, rows=300))) for table in ("one", "two", "three", "four")]
    ended = [started.processes.wait(run.name, 20) for run in begun]
    assert [run.exit_code for run in ended] == [0, 0, 0, 0], [run.log.read_text() for run in ended]
    assert ingestor.query("select count(*) from tracebloc_ingest_runs where registered = 1") == [(4,)]


def test_no_label_of_test_data_leaves(ingestor: Ingestor, backend: StandInBackend, edge: Edge) -> None:
    assert ingestor.run(edge.ingest_config("rows", edge.stage("rows"), intent="test")).exit_code == 0
    (body,) = backend.taken("/global_meta/summary/rows/")
    assert all(set(sample) == {"data_id"} for sample in body["samples"])


def test_the_same_rows_again_change_nothing_and_more_rows_are_added(ingestor: Ingestor, backend: StandInBackend, edge: Edge) -> None:
    csv = edge.stage("rows", rows=30)
    config = edge.ingest_config("rows", csv)
    assert [ingestor.run(config).exit_code, ingestor.run(config).exit_code] == [0, 0]
    csv.write_text(csv.read_text() + "99.5,3,yes,z\n")
    assert ingestor.run(config).exit_code == 0
    assert [body["record_count"] for body in backend.taken("/global_meta/summary/rows/")] == [30, 1]
    assert ingestor.query("select count(*) from rows") == [(31,)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category": "image_classification"}, "knows tabular_classification only"),
        ({"intent": "validate"}, "/intent"),
        ({"surprise": 1}, "/surprise"),
        ({"table": "a table"}, "/table"),
    ],
)
def test_a_configuration_it_cannot_run_is_exit_code_2(ingestor: Ingestor, edge: Edge, changes: dict[str, Any], words: str) -> None:
    run = ingestor.run(edge.ingest_config("rows", edge.stage("rows")) | changes)
    assert run.exit_code == 2
    assert words in run.log.read_text()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": {"width": "INT"}}, "column width: this is no INT"),
        ({"schema": {"height": "INT"}}, "no column height"),
        ({"schema": {"status": "INT"}}, "framework's own"),
        ({"label": "nothing"}, "no column nothing"),
        ({"csv": "/nowhere.csv"}, "cannot be read"),
    ],
)
def test_data_that_does_not_fit_is_exit_code_1_and_told(
    ingestor: Ingestor, backend: StandInBackend, edge: Edge, changes: dict[str, Any], words: str
) -> None:
    run = ingestor.run(edge.ingest_config("rows", edge.stage("rows")) | changes)
    assert run.exit_code == 1
    assert words in run.log.read_text()
    (failure,) = backend.taken("/global_meta/ingest_failure/")
    check_contract("ingest_failure", failure)


def test_rows_are_taken_back_when_the_backend_refuses_and_kept_when_it_was_only_away(
    ingestor: Ingestor, backend: StandInBackend, edge: Edge
) -> None:
    config = edge.ingest_config("rows", edge.stage("rows"))
    backend.answers.append(400)
    assert ingestor.run(config).exit_code == 1
    assert ingestor.query("select count(*) from rows") == [(0,)]
    assert ingestor.query("select registered from tracebloc_ingest_runs") == [(0,)]
    backend.answers.extend([503])
    assert ingestor.run(config).exit_code == 0
    assert ingestor.query("select count(*) from rows") == [(30,)]
