"""The heartbeat of a secure environment."""

from collections.abc import Callable

import psutil

from support.waiting import eventually
from tests.platforms.tracebloc.edge.conftest import Started
from tests.platforms.tracebloc.edge.stand_in import StandInBackend

HEARTBEAT = "/edge-device/heartbeat/"
Variables = Callable[[str], dict[str, str]]


def test_heartbeats_with_this_machines_figures_come_at_once_and_at_every_interval(
    started: Started, backend: StandInBackend, login_variables: Variables
) -> None:
    started.service("resource_monitor", login_variables(backend.url) | {"MONITOR_INTERVAL_SECONDS": "0.1"})
    first = backend.taken(HEARTBEAT)[0]
    assert first["memory_total_bytes"] == psutil.virtual_memory().total
    assert 0 < first["memory_used_bytes"] < first["memory_total_bytes"]
    assert first["cpu_count"] == psutil.cpu_count()
    assert 0 <= first["cpu_percent"] <= 100
    assert first["interval_seconds"] == 0.1
    heartbeats = eventually("more heartbeats", lambda: list(backend.taken(HEARTBEAT)), lambda taken: len(taken) >= 5)
    assert any(heartbeat["cpu_percent"] > 0 for heartbeat in heartbeats)


def test_an_outage_of_the_backend_is_survived(started: Started, backend: StandInBackend, login_variables: Variables) -> None:
    monitor = started.service("resource_monitor", login_variables(backend.url) | {"MONITOR_INTERVAL_SECONDS": "0.1"})
    backend.stop()
    eventually("the monitor to notice", monitor.log.read_text, lambda log: "the heartbeat was not taken" in log)
    before = len(backend.taken(HEARTBEAT))
    backend.forget_tokens()
    backend.start()
    eventually("heartbeats again", lambda: len(backend.taken(HEARTBEAT)), lambda count: count > before + 1)
    assert started.end(monitor.name).exit_code == 0


def test_refused_credentials_end_it_with_one_line(started: Started, backend: StandInBackend, login_variables: Variables) -> None:
    monitor = started.service("resource_monitor", login_variables(backend.url) | {"CLIENT_PASSWORD": "not the password"}, wait=False)
    ended = started.processes.wait(monitor.name, 10)
    log = ended.log.read_text()
    assert ended.exit_code == 1
    assert "authentication failed" in log
    assert "Traceback" not in log
    assert "not the password" not in log


def test_missing_variables_end_it_with_exit_code_2(started: Started) -> None:
    monitor = started.service("resource_monitor", {}, wait=False)
    ended = started.processes.wait(monitor.name, 10)
    assert ended.exit_code == 2
    assert "CLIENT_PASSWORD: Field required" in ended.log.read_text()
