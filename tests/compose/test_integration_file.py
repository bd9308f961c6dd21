"""The compose file for people: kept in the repository, true, without secrets, and taken by compose."""

import json
import os
import subprocess

import pytest

from environments.compose.engine import Engine
from environments.platforms.tracebloc.platform import Tracebloc
from environments.platforms.tracebloc.stores import mariadb
from environments.processes.variables import PROJECT_FOLDER
from support.commands.render import rendered

KEPT = PROJECT_FOLDER / "docker-compose.integration.yml"


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Tracebloc:
    """tracebloc, with MariaDB, whatever this machine has."""
    monkeypatch.setattr(mariadb, "find_programs", lambda: mariadb.Programs("mariadbd", "mariadb-install-db"))
    return Tracebloc({})


def test_the_kept_file_is_what_the_platform_says_today(platform: Tracebloc) -> None:
    told = "run `ringmaster render compose > docker-compose.integration.yml`"
    assert KEPT.read_text(encoding="utf-8") == rendered(platform), told


def test_compose_takes_the_file_and_asks_for_every_secret(engine: Engine, platform: Tracebloc) -> None:
    command = ["docker", "compose", "--file", str(KEPT), "config", "--format", "json"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("SECRET_")}
    refused = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    assert "set SECRET_" in refused.stderr
    given = {f"SECRET_{name.upper().replace('-', '_')}": "x" for spec in platform.services() for name in spec.secrets}
    taken = json.loads(subprocess.run(command, env={**own, **given}, capture_output=True, text=True, check=True).stdout)
    for service in taken["services"].values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert {port["host_ip"] for port in service.get("ports", [])} <= {"127.0.0.1"}
