"""A full volume, with a real Docker: what a service writes fails, what is there stays, and nothing is lost when there is room again."""

import os

import pytest

from environments.compose.substrate import ComposeSubstrate
from environments.errors import SubstrateError

WRITES = 'head -c 20000 /dev/zero >"$1/$2"'


def _inside(substrate: ComposeSubstrate, script: str, *arguments: str) -> str:
    folder = str(substrate.volume("notes"))
    return substrate._running().execute("keeper", ("sh", "-ec", script, "sh", folder, *arguments))


def test_a_full_volume_takes_nothing_in_and_loses_nothing(running: ComposeSubstrate) -> None:
    assert running.why_missing("faults.disk") is None
    _inside(running, 'echo data >"$1/before"; echo data >"$1/removed"')
    faults = running.disk_faults()
    faults.fill("keeper", "notes")
    faults.fill("keeper", "notes")
    with pytest.raises(SubstrateError, match="No space left on device"):
        _inside(running, WRITES, "during")
    assert _inside(running, 'cat "$1/before"; rm "$1/removed"; mkdir "$1/small"') == "data\n"
    faults.heal()
    faults.heal()
    _inside(running, WRITES, "after")
    there = {path.name: path.stat().st_size for path in running.volume("notes").iterdir() if path.is_file()}
    assert there["before"] == 5
    assert there["after"] == 20_000
    assert "removed" not in there
    assert ".full" not in there
    assert (running.volume("notes") / "small").is_dir()


def test_a_volume_that_a_killed_worker_left_full_gets_room(running: ComposeSubstrate) -> None:
    running.disk_faults().fill("keeper", "notes")
    running.clean_up_after(os.getpid() + 1, alone=True)
    _inside(running, WRITES, "room")


def test_the_volume_of_a_service_that_does_not_run_is_not_filled(running: ComposeSubstrate) -> None:
    running.faults("keeper").kill()
    with pytest.raises(SubstrateError, match="keeper does not run"):
        running.disk_faults().fill("keeper", "notes")
    running.disk_faults().heal()
    running.faults("keeper").start()
