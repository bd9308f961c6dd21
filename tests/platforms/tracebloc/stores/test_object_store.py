"""An object store without room says so, and keeps what it had."""

import errno
from pathlib import Path

import pytest
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.test import Client

from environments.platforms.tracebloc.stores.object_store import OURSELVES, KeptOnDisk

OBJECT = "/weights/cycle-1"


@pytest.fixture
def store(tmp_path: Path) -> Client:
    """One bucket with one object, kept in a folder."""
    kept = started(tmp_path)
    assert kept.put("/weights", headers=OURSELVES).status_code == 200
    assert kept.put(OBJECT, data=b"old", headers={**OURSELVES, "x-amz-meta-rows": "3"}).status_code == 200
    return kept


def started(folder: Path) -> Client:
    """A store on a folder."""
    application = create_backend_app("s3")
    return Client(KeptOnDisk(application, Client(application), folder))


@pytest.fixture
def full(store: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The same, and its folder has no room left."""

    def refuse(path: Path, content: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    return store


def test_a_full_store_refuses_in_words_and_does_not_have_what_it_refused(full: Client) -> None:
    answer = full.put("/weights/cycle-2", data=b"new", headers=OURSELVES)
    assert answer.status_code == 507
    assert "The object store is full" in answer.text
    assert full.get("/weights/cycle-2", headers=OURSELVES).status_code == 404


def test_what_cannot_be_replaced_stays_as_it_was_even_after_a_restart(
    full: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert full.put(OBJECT, data=b"new", headers=OURSELVES).status_code == 507
    assert full.get(OBJECT, headers=OURSELVES).data == b"old"
    monkeypatch.undo()
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".object"}
    application = create_backend_app("s3")
    again = KeptOnDisk(application, Client(application), tmp_path)
    assert again.restore() == 1
    got = Client(again).get(OBJECT, headers=OURSELVES)
    assert (got.data, got.headers["x-amz-meta-rows"]) == (b"old", "3")


def test_a_store_that_has_room_again_keeps_what_it_is_given(full: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert full.put(OBJECT, data=b"new", headers=OURSELVES).status_code == 507
    monkeypatch.undo()
    assert full.put(OBJECT, data=b"new", headers=OURSELVES).status_code == 200
    assert full.get(OBJECT, headers=OURSELVES).data == b"new"
