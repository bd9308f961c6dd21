"""Lists come in pages, complete and in order, and a page costs the same however long the list is."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, insert

from environments.platforms.tracebloc.backend.application import create_app, create_backend
from environments.platforms.tracebloc.backend.data.datasets import IngestFailure
from environments.platforms.tracebloc.backend.passwords import hash_token
from environments.platforms.tracebloc.backend.settings import Settings
from environments.platforms.tracebloc.backend.storage.database import Database
from environments.platforms.tracebloc.backend.storage.tables import (
    AccessToken,
    Account,
    Base,
    Dataset,
    Experiment,
    Invitation,
    Membership,
    ModelUpload,
    SecureEnvironment,
    Submission,
    Team,
    UseCase,
)

LONG = int(os.environ.get("RINGMASTER_LIST_LENGTH", "20000"))
SHORT = 100
USUAL_PAGE = 50
LISTS = {
    "/experiments/": "experiment_key",
    "/experiments/?use_case=u1": "experiment_key",
    "/datasets/": "dataset_key",
    "/use-cases/": "key",
    "/use-cases/u1/submissions/": "id",
    "/use-cases/u1/leaderboard/": "rank",
    "/edge-device/1/ingest-failures/": "ingestor_id",
}


class Steps:
    """How much work the database does: steps of its virtual machine, in hundreds."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        event.listen(database._engine, "connect", self._watch)
        database._engine.dispose()

    def _watch(self, connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3.Connection of whatever driver
        connection.set_progress_handler(self._more, 100)

    def _more(self) -> int:
        self.count += 1
        return 0


class Filled:
    """A backend in which somebody has so many of everything, and so has somebody else."""

    def __init__(self, folder: Path, size: int) -> None:
        settings = {
            "http_port": 0, "database_url": f"sqlite:///{folder}/backend.sqlite", "mail_folder": folder / "mail",
            "service_bus_connection_string": "Endpoint=sb://127.0.0.1:9", "object_store_url": "http://127.0.0.1:9",
        }  # fmt: skip
        backend = create_backend(Settings.model_validate(settings))
        backend.database.create_tables()
        self.database, self.size = backend.database, size
        self._fill()
        self.steps = Steps(backend.database)
        self.client = TestClient(create_app(backend), headers={"Authorization": "Bearer token"})

    def get(self, path: str) -> Any:  # noqa: ANN401 - httpx.Response
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer

    def _fill(self) -> None:
        size = range(1, self.size + 1)
        person: dict[str, Any] = {"password_hash": "x"}
        self._add(Account, [{"id": n, "email": f"{n}@alpha.test", **person} for n in (1, 2)])
        self._add(AccessToken, [{"token_hash": hash_token("token"), "account_id": 1, "expires_at": 1e12}])
        edge = {"password_hash": "x", "owner_id": 1, "name": "edge"}
        self._add(SecureEnvironment, [{"id": 1, "client_id": "edge-1", **edge}, {"id": 2, "client_id": "edge-2", **edge}])
        case = {"title": "t", "task": "tabular_classification", "published": True, "metric": "accuracy", "budget_flops": 1}
        # the caller sees the first, what everybody may see and what they are invited to; the private ones of others are none of theirs
        self._add(UseCase, [{"id": n, "key": f"u{n}", "owner_id": 2, "private": n % 2 == 0 and n > 2, **case} for n in size])
        self._add(Invitation, [{"use_case_id": n, "email": "1@alpha.test"} for n in size if n % 4 == 0])
        self._add(Team, [{"id": n, "use_case_id": 1, "name": f"Team {n}", "best_score": n % 7 / 7, "best_number": n} for n in size])
        self._add(Membership, [{"use_case_id": 1, "team_id": 1, "account_id": 1}])
        self._add(ModelUpload, [{"id": 1, "owner_id": 1, "stored_name": "m", "name": "m", "file_type": ".py", "header": {}}])
        run = {"use_case_id": 1, "model_id": 1, "name": "n", "cycles": 1, "epochs": 1, "plan": {}, "form": {"a": "b" * 200}, "status": 3}
        self._add(Experiment, [{"id": n, "key": f"e{n}", "team_id": 1 + n % 2, **run} for n in range(1, 2 * self.size + 1)])
        submission = {"account_id": 1, "cycle": 1, "status": "Scored", "score": 0.5}
        self._add(Submission, [{"number": n, "id": f"s{n}", "experiment_id": n, "team_id": 1, **submission} for n in size])
        data = {
            "environment_id": 1, "table_name": "t", "title": "t", "data_format": "tabular", "intent": "train", "category": "c",
            "schema": {}, "labels": {}, "samples": [], "meta_data": {}, "record_count": 1,
        }  # fmt: skip
        self._add(Dataset, [{"key": f"d{n}", "owner_id": 1 + n % 2, "ingestor_id": f"i{n}", **data} for n in range(1, 2 * self.size + 1)])
        self._add(IngestFailure, [{"environment_id": 1 + n % 2, "ingestor_id": f"f{n}", "reason": "r"} for n in range(2 * self.size)])

    def _add(self, table: type[Base], rows: list[dict[str, Any]]) -> None:
        with self.database.write() as session:
            session.execute(insert(table), rows)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Filled]:
    made: dict[int, Filled] = {}

    def of_size(size: int) -> Filled:
        if size not in made:
            made[size] = Filled(tmp_path_factory.mktemp("filled"), size)
        return made[size]

    return of_size


@pytest.mark.parametrize(("path", "key"), LISTS.items())
def test_the_pages_together_are_the_list_in_order(filled: Callable[[int], Filled], path: str, key: str) -> None:
    backend, following, pages = filled(SHORT), path, []
    while following:
        answer = backend.get(following)
        pages.append([row[key] for row in answer.json()])
        following = answer.links.get("next", {}).get("url", "")
    shown = [name for page in pages for name in page]
    assert {len(page) for page in pages[:-1]} == {USUAL_PAGE}
    assert len(shown) == len(set(shown)) >= SHORT * 3 // 4
    by_size = [f"{path}{'&' if '?' in path else '?'}limit={limit}" for limit in (1, 100)]
    assert [len(backend.get(sized).json()) for sized in by_size] == [1, min(100, len(shown))]


def test_lists_are_ordered_and_hold_what_is_ones_own(filled: Callable[[int], Filled]) -> None:
    backend = filled(SHORT)

    def first(path: str, key: str) -> list[Any]:
        return [row[key] for row in backend.get(f"{path}?limit=3").json()]

    assert first("/experiments/", "experiment_key") == ["e200", "e198", "e196"]
    assert first("/datasets/", "dataset_key") == ["d200", "d198", "d196"]
    assert first("/use-cases/", "key") == ["u100", "u99", "u97"]
    assert first("/use-cases/u1/submissions/", "id") == ["s100", "s99", "s98"]
    assert first("/use-cases/u1/leaderboard/", "team") == ["Team 6", "Team 13", "Team 20"]
    assert first("/edge-device/1/ingest-failures/", "ingestor_id") == ["f0", "f2", "f4"]


@pytest.mark.parametrize("wrong", ["limit=0", "limit=101", "limit=x", "after=-1", "after=x", "after=99999999999999999999"])
def test_a_page_that_cannot_be_is_refused(filled: Callable[[int], Filled], wrong: str) -> None:
    assert filled(SHORT).client.get(f"/experiments/?{wrong}").status_code == 400


@pytest.mark.parametrize("path", LISTS)
def test_a_page_costs_the_same_however_long_the_list_is(filled: Callable[[int], Filled], path: str) -> None:
    def cost(size: int, page: str) -> int:
        backend = filled(size)
        backend.get(page)
        before = backend.steps.count
        backend.get(page)
        return backend.steps.count - before

    assert cost(LONG, path) < 1.3 * cost(SHORT, path) + 10
    following = filled(LONG).get(path).links["next"]["url"]
    assert cost(LONG, following) < 1.3 * cost(SHORT, path) + 10
