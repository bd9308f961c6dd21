"""The overlay for tracebloc's own images: taken by compose, with every image and every secret by a variable."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from environments.compose.engine import Engine
from environments.processes.variables import PROJECT_FOLDER

FILES = ("docker-compose.integration.yml", "docker-compose.real.yml")
ASKED_FOR = re.compile(r"\$\{([A-Z_]+):\?")
IMAGES = ("BACKEND", "AVERAGING_SERVICE", "MSSQL", "REDIS", "MONGODB", "OBJECT_STORE", "SERVICE_BUS")
DEFAULTS = {"mssql": "mcr.microsoft.com/mssql/server:", "redis": "redis:", "mongodb": "mongo:", "object-store": "minio/minio:"}


def _asked_for() -> set[str]:
    return {name for file in FILES for name in ASKED_FOR.findall((PROJECT_FOLDER / file).read_text(encoding="utf-8"))}


def _config(variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    files = [word for file in FILES for word in ("--file", str(PROJECT_FOLDER / file))]
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SECRET_", "IMAGE_", "MSSQL_"))}
    command = ["docker", "compose", *files, "config", "--format", "json"]
    return subprocess.run(command, env={**own, **variables}, capture_output=True, text=True, check=False)


@pytest.fixture
def services(engine: Engine) -> Any:  # noqa: ANN401 - what compose makes of the files
    """What runs when all that is asked for is given."""
    done = _config({name: f"given-{name}" for name in _asked_for()})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["services"]


def test_all_that_has_no_default_is_asked_for_by_name(engine: Engine) -> None:
    asked = _asked_for()
    assert {name for name in asked if not name.startswith("SECRET_")} == {"IMAGE_BACKEND", "IMAGE_AVERAGING_SERVICE", "MSSQL_ACCEPT_EULA"}
    for missing in sorted(asked):
        refused = _config(dict.fromkeys(asked - {missing}, "x"))
        assert refused.returncode != 0
        assert missing in refused.stderr


def test_every_image_is_a_variable_and_servers_are_public_ones_by_default(engine: Engine, services: Any) -> None:  # noqa: ANN401
    for service, image in DEFAULTS.items():
        assert services[service]["image"].startswith(image)
    images = {f"IMAGE_{name}": f"own/{name.lower()}" for name in IMAGES}
    own = json.loads(_config({**dict.fromkeys(_asked_for(), "x"), **images}).stdout)["services"]
    assert {service["image"] for service in own.values()} == set(images.values())


def test_real_services_run_their_own_programs_on_the_servers_they_need(services: Any) -> None:  # noqa: ANN401
    assert "mariadb" not in services
    for name in ("backend", "averaging-service"):
        assert not services[name].get("command")
        assert "user" not in services[name]
    assert set(services["backend"]["depends_on"]) == {"mssql", "redis", "mongodb", "service-bus", "object-store"}


def test_nothing_is_reached_from_outside_or_gets_more_power(services: Any) -> None:  # noqa: ANN401
    for service in services.values():
        assert {port["host_ip"] for port in service.get("ports", [])} <= {"127.0.0.1"}
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert int(service["mem_limit"]) > 0
        assert not service.get("privileged")


def test_no_secret_is_an_argument(services: Any) -> None:  # noqa: ANN401
    for service in services.values():
        words = [*(service.get("command") or []), *(service.get("entrypoint") or []), *(service.get("healthcheck", {}).get("test") or [])]
        assert not [word for word in words if "given-SECRET" in word]
