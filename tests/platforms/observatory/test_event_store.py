"""The event store that stands in for MongoDB starts again where it was killed."""

import os
from pathlib import Path

import pytest

from environments.platforms.observatory.servers import event_store


def test_what_a_killed_one_left_does_not_keep_it_from_starting_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nx_27017 = pytest.importorskip("nx_27017.nx_27017")
    # in a container both have the number 1
    (tmp_path / "pid").write_text(str(os.getpid()))
    seen: list[bool] = []
    monkeypatch.setattr(nx_27017, "main", lambda: seen.append((tmp_path / "pid").exists()))
    monkeypatch.setattr("sys.argv", [])
    variables = {"EVENT_STORE_HOST": "127.0.0.1", "EVENT_STORE_PORT": "1", "EVENT_STORE_FOLDER": str(tmp_path)}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    event_store.main()
    assert seen == [False]
