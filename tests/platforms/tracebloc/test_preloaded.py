"""What every process of a kind would import is imported once, by the fork server it comes from."""

import json
import subprocess
import sys
from collections.abc import Sequence

from environments.platforms.tracebloc.preloaded import FOR_PODS, FOR_SECURE_ENVIRONMENTS
from environments.platforms.tracebloc.services import PRELOADED_FOR_AVERAGING, PRELOADED_FOR_BACKEND
from environments.processes.variables import basic_environment

FOR_SERVICES = (*PRELOADED_FOR_AVERAGING, *PRELOADED_FOR_BACKEND, *FOR_SECURE_ENVIRONMENTS)
SERVICES = ("backend", "averaging_service", "egress_proxy", "jobs_manager", "pods_monitor", "requests_proxy", "resource_monitor")
LOOK = """
import importlib, json, sys

def load(modules):
    for module in modules:
        importlib.import_module(module)

preloaded, own, program = json.loads(sys.stdin.read())
load(preloaded)
before = set(sys.modules)
load(own)
exec(program)
print(json.dumps(sorted(set(sys.modules) - before - set(own))))
"""
FIRST_CLIENT = "import httpx; httpx.Client().close()"
FIRST_ANSWER = "import anyio; anyio.run(anyio.sleep, 0)"
FIRST_CONNECTION = (
    "import mysql.connector.utils as utils; utils._parse_lsb_release_command = lambda: sys.modules.update(asked=None); utils.get_platform()"
)


def imported_later(preloaded: Sequence[str], own: Sequence[str], program: str = "") -> list[str]:
    """What a process imports by itself that is forked with `preloaded`, is made of the modules `own` and does what `program` says."""
    ended = subprocess.run(
        [sys.executable, "-c", LOOK],
        input=json.dumps([preloaded, own, program]),
        env=basic_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    found: list[str] = json.loads(ended.stdout.splitlines()[-1])
    return found


def test_a_service_imports_nothing_by_itself_but_its_own_main_module() -> None:
    packages = [f"environments.platforms.tracebloc.{service}" for service in SERVICES]
    assert imported_later(FOR_SERVICES, [*packages, *(f"{package}.__main__" for package in packages)]) == []


def test_nor_does_it_for_its_first_client_its_first_answer_and_its_first_connection() -> None:
    assert imported_later(FOR_SERVICES, [], f"{FIRST_CLIENT}; {FIRST_ANSWER}; {FIRST_CONNECTION}") == []


def test_nor_does_a_pod() -> None:
    pod = "environments.platforms.tracebloc.training.__main__"
    assert imported_later(FOR_PODS, [pod], f"{FIRST_CLIENT}; {FIRST_CONNECTION}") == []


def test_what_is_not_preloaded_is_noticed() -> None:
    assert "httpcore" in imported_later(["httpx"], [], FIRST_CLIENT)
