"""Workers on the embedded platform: scenarios beside each other, and one that is killed while its client is installed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import psutil
from hamcrest import equal_to, greater_than_or_equal_to, has_length

from support.waiting import eventually
from tests.descendants import descendants, is_alive
from tests.runs.conftest import PROJECT, Ringmaster, processes_of, small_project

RING_3 = "features/tracebloc/ring3_platform"
FIRST = f"{RING_3}/01_single_participant.feature"
SECOND = f"{RING_3}/02_two_participants.feature"


def test_scenarios_share_one_platform_and_pass_beside_each_other(ringmaster: Ringmaster, temporary: Path) -> None:
    outcome = ringmaster("run", FIRST, SECOND, "--workers", "2")
    assert outcome.exit_code == 0, outcome.output
    assert {row["worker"] for row in outcome.record["scenarios"]} == {1, 2}
    assert processes_of(temporary) == []


def test_a_killed_workers_client_is_ended_and_the_next_scenario_passes(
    surroundings: dict[str, str], tmp_path: Path, temporary: Path
) -> None:
    log = tmp_path / "log"
    with log.open("w") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "support", "run", FIRST, SECOND, "--workers", "1"],
            cwd=PROJECT,
            env=surroundings,
            stdout=output,
            stderr=output,
        )
        eventually("a client to be installed", lambda: _edges(running.pid), has_length(greater_than_or_equal_to(5)), within=60)
        edge = _edges(running.pid)
        (worker,) = descendants(running.pid, lambda name: name == "worker-1")
        worker.kill()
        eventually("its services to end", lambda: [each for each in edge if is_alive(each)], equal_to([]), within=20)
        assert running.wait(timeout=120) == 1, log.read_text()
    text = log.read_text()
    assert "its worker ended with signal 9 (SIGKILL)" in text
    assert re.search(r"1 passed, 1 error \(1 blocking\)", text), text
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


def test_the_platform_is_put_right_after_a_scenario_that_was_killed_with_its_faults(ringmaster: Ringmaster, tmp_path: Path) -> None:
    project = small_project(tmp_path, FAULTS, FAULT_STEPS)
    outcome = ringmaster("run", "--workers", "2", folder=project)
    assert outcome.exit_code == 1, outcome.output
    assert [row["status"] for row in outcome.record["scenarios"]] == ["error", "passed", "passed"], outcome.output
    assert "After it: backend was down and was started again" in outcome.output
    assert "After it: object_store was frozen and runs again" in outcome.output
    assert "After it: faults of the Service Bus were ended: outage" in outcome.output
    story = ringmaster("show", "is killed", folder=project).output
    assert "… When everything is broken and the worker killed (did not end)" in story
    assert "request PUT /faults/outage" in story
    assert "The run ended here" in story


def test_what_a_scenario_ends_is_no_death_for_one_beside_it_that_does_without(ringmaster: Ringmaster, tmp_path: Path) -> None:
    outcome = ringmaster("run", "--workers", "2", folder=small_project(tmp_path, ENDING, ENDING_STEPS))
    assert outcome.exit_code == 0, outcome.output
    assert [row["status"] for row in outcome.record["scenarios"]] == ["passed", "passed"]


def test_short_scenarios_go_first_while_the_platform_loads(ringmaster: Ringmaster, tmp_path: Path) -> None:
    project = small_project(tmp_path, THREE, THREE_STEPS)
    took = {"long": 60.0, "middle": 30.0, "short": 0.1}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "durations.json").write_text(json.dumps({f"features/tracebloc/small.feature: {name}": took[name] for name in took}))
    outcome = ringmaster("run", "--workers", "2", folder=project)
    assert outcome.exit_code == 0, outcome.output
    assert min(outcome.record["scenarios"], key=lambda row: row["order"])["name"] == "short", outcome.output


THREE = """
Feature: three
  Scenario: long
    Then it passes
  Scenario: middle
    Then it passes
  Scenario: short
    Then it passes
"""
THREE_STEPS = """
from behave import then

@then("it passes")
def passes(context):
    assert context.scene.addresses.backend_url
"""

ENDING = """
Feature: ending
  @disturbs.backend
  Scenario: ends the backend
    When the backend is away until the other scenario has a step behind it
  @without.backend
  Scenario: runs beside
    Given it runs
    When it waits for the backend's end
    Then it has a step behind it
"""
ENDING_STEPS = """
from pathlib import Path
from behave import given, then, when
from hamcrest import equal_to
from support.waiting import eventually

@when("the backend is away until the other scenario has a step behind it")
def away(context):
    eventually("the other one to run", Path("runs").exists, equal_to(True))
    context.scene.substrate.faults("backend").kill()
    Path("killed").touch()
    eventually("its step to be over", Path("over").exists, equal_to(True))
    context.scene.substrate.faults("backend").start()

@given("it runs")
def runs(context):
    Path("runs").touch()

@when("it waits for the backend's end")
def waits(context):
    eventually("the backend to be killed", Path("killed").exists, equal_to(True))

@then("it has a step behind it")
def behind(context):
    Path("over").touch()
"""

FAULTS = """
Feature: faults
  @disturbs.backend @disturbs.object-store @disturbs.service-bus
  Scenario: is killed
    When everything is broken and the worker killed
  @without.backend @without.object-store @without.service-bus
  Scenario: runs beside
    Then it sees the backend go and come back
  @serial
  Scenario: comes after
    Then everything works
"""
FAULT_STEPS = """
import os, signal
from pathlib import Path
import httpx
from behave import then, when
from hamcrest import equal_to
from support.waiting import eventually

@when("everything is broken and the worker killed")
def breaks(context):
    eventually("the other one to run", Path("runs").exists, equal_to(True))
    context.scene.substrate.faults("backend").kill()
    context.scene.substrate.faults("object_store").pause()
    context.scene.service_bus_faults.begin("outage")
    os.kill(os.getpid(), signal.SIGKILL)

@then("it sees the backend go and come back")
def sees(context):
    Path("runs").touch()
    eventually("the backend to go", lambda: answers(context), equal_to(False))
    eventually("the backend to come back", lambda: answers(context), equal_to(True))

@then("everything works")
def works(context):
    assert answers(context)
    assert httpx.get(context.scene.addresses.object_store_url, timeout=5).status_code < 500
    context.scene.service_bus.send("averaging", "{}", "one")

def answers(context):
    try:
        return httpx.get(f"{context.scene.addresses.backend_url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
"""


def _edges(pid: int) -> list[psutil.Process]:
    def is_service(name: str) -> bool:
        return bool(re.fullmatch(r"\w+-[0-9a-f]*", name)) and name.split("-")[0] in SERVICES

    return [each for each in descendants(pid, is_service) if is_alive(each)]


SERVICES = ("jobs_manager", "pods_monitor", "resource_monit", "resource_monito", "requests_proxy", "egress_proxy")
