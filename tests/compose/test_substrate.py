"""The compose substrate with a real Docker: what runs, what it may do, what can be done to it, and what is left."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from environments.compose.engine import Engine
from environments.compose.substrate import ComposeSubstrate
from environments.embedded.local import while_running
from environments.errors import ServiceDied, SubstrateError
from environments.ledger import clean_up_left_overs
from environments.services import Group
from tests.compose.conftest import new_run, of_run
from tests.compose.platform import COUNTING, NOTES, Broken, Small, group


def _inspected(engine: Engine, substrate: ComposeSubstrate, service: str) -> dict[str, object]:
    seen = next(seen for seen in substrate._running().seen() if seen.service == service)
    found: dict[str, object] = engine.api.inspect_container(seen.identity)
    return found


def test_scenarios_reach_a_service_by_loopback_and_by_the_address_that_containers_use(running: ComposeSubstrate) -> None:
    address = running.address("bus", "amqp")
    inside = while_running(running._maker).network.address_of(address.port)
    assert address.host == "127.0.0.1"
    for host in (address.host, inside):
        with socket.create_connection((host, address.port), timeout=5):
            pass


def test_a_container_may_do_nothing_that_its_service_does_not_need(engine: Engine, running: ComposeSubstrate) -> None:
    found = _inspected(engine, running, "bus")
    host, config = found["HostConfig"], found["Config"]
    assert isinstance(host, dict)
    assert isinstance(config, dict)
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert config["User"].split(":")[0] not in ("", "0", "root")
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert host["LogConfig"]["Config"]["max-size"]
    published = [binding["HostIp"] for bindings in host["PortBindings"].values() for binding in bindings]
    assert set(published) == {"127.0.0.1"}


def test_no_secret_can_be_seen_by_looking_at_a_container_or_its_compose_file(engine: Engine, running: ComposeSubstrate) -> None:
    secret = running.secret("key")
    assert running.volume("notes").joinpath("kept").read_text().strip() == secret
    assert secret not in json.dumps(_inspected(engine, running, "keeper"))
    written = [file.read_text() for file in running._running().folder.iterdir()]
    assert written
    assert not [text for text in written if secret in text]


def test_a_stopped_service_is_no_death_and_starts_again_at_the_same_address(running: ComposeSubstrate) -> None:
    faults, address = running.faults("bus"), running.address("bus", "control")
    for end in (faults.stop, faults.kill):
        end()
        assert running.deaths() == []
        with (
            pytest.raises(OSError, match="timed out|unreachable|No route"),
            socket.create_connection((_inside(running), address.port), timeout=3),
        ):
            pass
        faults.start()
        with socket.create_connection((_inside(running), address.port), timeout=3):
            pass


def test_a_frozen_service_answers_nothing_until_it_is_resumed(running: ComposeSubstrate) -> None:
    faults = running.faults("bus")
    faults.pause()
    try:
        assert _first_bytes(running) is None
    finally:
        faults.resume()
        faults.resume()
    assert _first_bytes(running) == b"AMQP"


def test_containers_may_remove_what_scenarios_put_into_a_volume(running: ComposeSubstrate) -> None:
    folder = running.volume("notes") / "staged"
    folder.mkdir()
    (folder / "file").write_text("data")
    running._running().execute("keeper", ("rm", "-r", str(folder)))
    assert not folder.exists()


def test_a_frozen_service_that_is_killed_does_not_run_on_before(running: ComposeSubstrate) -> None:
    added = running.add_group(Group("counting", (COUNTING,), volumes=(NOTES,)))
    added.start()
    faults = running.faults("counting-counting")
    faults.pause()
    counted = (added.volume("notes") / "count").read_text()
    faults.kill()
    assert (added.volume("notes") / "count").read_text() == counted
    assert [seen.ended for seen in running._running().seen(service="counting-counting")] == [True]
    faults.start()
    assert [seen.ended for seen in running._running().seen(service="counting-counting")] == [False]
    added.remove()


def test_a_service_that_ends_by_itself_is_told_with_its_last_words(running: ComposeSubstrate) -> None:
    added = running.add_group(group("short-lived"))
    added.start()
    identity = _identity(running, "keeper-short-lived")
    for act in ("kill", "wait"):
        subprocess.run(["docker", act, identity], check=True, capture_output=True)
    (death,) = running.deaths()
    assert death.startswith("keeper-short-lived died with signal 9")
    added.remove()
    assert running.deaths() == []


def test_a_group_that_is_added_again_finds_its_data(running: ComposeSubstrate) -> None:
    first = running.add_group(group("added-twice"))
    first.start()
    (first.volume("notes") / "kept").chmod(0o600)
    (first.volume("notes") / "own").write_text("data")
    with pytest.raises(SubstrateError, match="is there already"):
        running.add_group(group("added-twice"))
    first.remove()
    first.remove()
    assert "keeper-added-twice" not in running.services()
    second = running.add_group(group("added-twice"))
    second.start()
    assert (second.volume("notes") / "own").read_text() == "data"
    second.remove()


def test_what_a_killed_worker_added_is_ended(running: ComposeSubstrate) -> None:
    added = running.add_group(group("orphaned"))
    added.start()
    running.faults("bus").pause()
    assert running.clean_up_after(os.getpid(), alone=True) == ["bus was frozen and runs again"]
    assert not [seen for seen in running._running().seen() if seen.group == "orphaned"]
    added.remove()


def test_a_service_that_dies_at_the_start_is_named_at_once_and_nothing_is_left(engine: Engine, own_ledger: Path, tmp_path: Path) -> None:
    run = new_run()
    substrate = ComposeSubstrate(Broken({}), run_id=run, logs_folder=tmp_path)
    with pytest.raises(ServiceDied, match=r"dying died with exit code 7; the last lines of its log:\n  \| the last words"):
        substrate.start()
    assert of_run(engine, run) == []
    assert "the last words" in (tmp_path / "dying.log").read_text()


def test_a_killed_run_is_cleaned_up_by_the_next_one_and_nothing_else_is_touched(engine: Engine, own_ledger: Path, tmp_path: Path) -> None:
    run, bystander = new_run(), new_run()
    begin = (
        "import os, signal, sys; from pathlib import Path; from environments.compose.substrate import ComposeSubstrate;"
        "from tests.compose.platform import Small;"
        "ComposeSubstrate(Small({}), run_id=sys.argv[1], logs_folder=Path(sys.argv[2])).start(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    other = ComposeSubstrate(Small({}), run_id=bystander, logs_folder=tmp_path / "other")
    other.start()
    try:
        subprocess.run([sys.executable, "-c", begin, run, str(tmp_path / "logs")], check=False, timeout=300)
        left = of_run(engine, run)
        assert len(left) == 3
        kept = of_run(engine, bystander)
        removed = clean_up_left_overs()
        assert len([line for line in removed if line.startswith(("container", "network"))]) == 3
        assert of_run(engine, run) == []
        assert of_run(engine, bystander) == kept
    finally:
        other.stop()
    assert of_run(engine, bystander) == []


def _identity(substrate: ComposeSubstrate, service: str) -> str:
    return next(seen.identity for seen in substrate._running().seen() if seen.service == service)


def _inside(substrate: ComposeSubstrate) -> str:
    return while_running(substrate._maker).network.address_of(substrate._known_sites().first_port("bus"))


def _first_bytes(substrate: ComposeSubstrate) -> bytes | None:
    with socket.create_connection((_inside(substrate), substrate.address("bus", "amqp").port), timeout=3) as connection:
        connection.settimeout(1.5)
        connection.sendall(b"AMQP\x03\x01\x00\x00")
        try:
            return connection.recv(4)
        except TimeoutError:
            return None
