"""The supervisor: ready means ready, a death is noticed at once, the end comes in reverse order."""

import signal
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from environments.embedded.ports import LOOPBACK
from environments.embedded.supervisor import MOST_WAITED, Supervisor
from environments.errors import ServiceDied, ServiceNotReady, SubstrateError
from environments.processes.launch import RunningForkServer
from environments.services import Program

from .conftest import stand_in


def test_services_become_ready(supervisor: Supervisor) -> None:
    services = [stand_in("one"), stand_in("two")]
    supervisor.start(services)
    supervisor.wait_until_ready(services)
    assert supervisor.services() == ["one", "two"]
    assert supervisor.deaths() == []


def test_an_early_death_is_an_error_at_once_with_the_last_log_lines(supervisor: Supervisor) -> None:
    services = [stand_in("silent", SILENT="yes"), stand_in("dying", DIES="3")]
    began = time.monotonic()
    supervisor.start(services)
    with pytest.raises(ServiceDied) as caught:
        supervisor.wait_until_ready(services)
    assert time.monotonic() - began < 5
    assert (caught.value.service, caught.value.exit_code) == ("dying", 3)
    assert str(caught.value).startswith("dying died with exit code 3; the last lines of its log:\n  | ")
    assert "the disk is full" in caught.value.last_log_lines[-1]


def test_a_service_that_never_gets_ready_is_an_error_after_its_deadline(supervisor: Supervisor) -> None:
    service = replace(stand_in("silent", SILENT="yes"), ready_seconds=0.1)
    supervisor.start([service])
    with pytest.raises(ServiceNotReady, match=r"silent is not ready after \d s"):
        supervisor.wait_until_ready([service])


def test_a_service_that_waits_for_a_processor_has_that_much_longer(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waited(_session: int) -> float:
        # asked only once its own time is over
        (tmp_path / "run" / "late.ready").touch()
        return 60.0

    monkeypatch.setattr("environments.embedded.supervisor.seconds_waited", waited)
    service = replace(stand_in("late", SILENT="yes"), ready_seconds=0.1)
    supervisor.start([service])
    supervisor.wait_until_ready([service])


def test_a_service_that_waits_for_a_processor_is_given_up_in_the_end(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("environments.embedded.supervisor.seconds_waited", lambda _session: 1e9)
    service = replace(stand_in("silent", SILENT="yes"), ready_seconds=0.2)
    supervisor.start([service])
    began = time.monotonic()
    with pytest.raises(ServiceNotReady, match="it waited for a processor: this machine has too much to do"):
        supervisor.wait_until_ready([service])
    assert time.monotonic() - began >= 0.2 * (1 + MOST_WAITED)


def test_a_death_of_the_fork_server_is_an_error_at_once(supervisor: Supervisor, server: RunningForkServer) -> None:
    service = stand_in("silent", SILENT="yes")
    supervisor.start([service])
    psutil.Process(server.pid).kill()
    with pytest.raises(SubstrateError, match="cannot be watched any more"):
        supervisor.wait_until_ready([service])


def test_everything_ends_in_reverse_order(supervisor: Supervisor, tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    services = [replace(stand_in(f"layer-{layer}", ENDS=str(ends)), layer=layer) for layer in (0, 2, 1)]
    supervisor.start(services)
    supervisor.wait_until_ready(services)
    supervisor.stop_all()
    assert ends.read_text().split() == ["layer-2", "layer-1", "layer-0"]
    assert supervisor.services() == []
    supervisor.stop_all()


def test_a_death_is_told_unless_it_was_asked_for(supervisor: Supervisor) -> None:
    services = [stand_in("one"), stand_in("two")]
    supervisor.start(services)
    supervisor.wait_until_ready(services)
    supervisor.faults("one").kill()
    assert supervisor.deaths() == []
    supervisor.processes.signal("two", signal.SIGKILL)
    supervisor.processes.wait("two", 10)
    (death,) = supervisor.deaths()
    assert str(death).startswith("two died with signal 9")


def test_a_service_that_was_ended_starts_again_as_it_was(supervisor: Supervisor) -> None:
    service = stand_in("one")
    supervisor.start([service])
    supervisor.wait_until_ready([service])
    faults = supervisor.faults("one")
    first = supervisor.processes.find("one")
    faults.start()
    assert supervisor.processes.find("one") == first
    for end in (faults.stop, faults.kill):
        end()
        faults.start()
        again = supervisor.processes.find("one")
        assert first is not None
        assert again is not None
        assert not again.ended
        assert again.pid != first.pid
    assert supervisor.deaths() == []
    supervisor.processes.stop("one", 0)
    assert len(supervisor.deaths()) == 1


def test_a_service_can_be_paused(supervisor: Supervisor) -> None:
    service = stand_in("one")
    supervisor.start([service])
    supervisor.wait_until_ready([service])
    process = supervisor.processes.find("one")
    assert process is not None
    supervisor.faults("one").pause()
    assert psutil.Process(process.pid).status() == psutil.STATUS_STOPPED
    supervisor.faults("one").resume()
    assert psutil.Process(process.pid).status() != psutil.STATUS_STOPPED


def test_an_unknown_service_is_an_error_that_names_the_known_ones(supervisor: Supervisor) -> None:
    supervisor.start([stand_in("one")])
    with pytest.raises(SubstrateError, match="no service 'won'; there are: one"):
        supervisor.faults("won")


def test_a_stranger_on_its_port_makes_no_service_ready(supervisor: Supervisor) -> None:
    with socket.create_server((LOOPBACK, 0)) as stranger:
        service = replace(stand_in("silent", SILENT="yes"), ready_port=stranger.getsockname()[1], ready_seconds=0.5)
        supervisor.start([service])
        with pytest.raises(ServiceNotReady, match="silent is not ready"):
            supervisor.wait_until_ready([service])


def test_a_service_is_ready_once_it_listens_on_its_port_itself(supervisor: Supervisor) -> None:
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    command = (sys.executable, "-m", "http.server", str(port), "--bind", LOOPBACK)
    service = replace(stand_in("pages"), runs=Program(command), ready_port=port)
    supervisor.start([service])
    supervisor.wait_until_ready([service])
