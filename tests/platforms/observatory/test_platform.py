"""The platform costs other platforms nothing, and says in words what it lacks."""

import subprocess
import sys
from pathlib import Path

import pytest

from environments.choose import platform_class
from environments.platforms.observatory import platform, requirements, web_terminal_sabotages
from environments.platforms.observatory.platform import PLATFORM
from environments.platforms.observatory.sabotages import Sabotage

MOST_LINES = 400
OWN_PACKAGES = ("pika", "redis", "psycopg", "pymongo", "nx_27017", "jsonschema", "prometheus_client", "fastapi")


def test_asking_for_its_names_and_settings_loads_nothing_of_it() -> None:
    code = f"import sys; import environments.platforms.observatory.platform; print(*(set(sys.modules) & set({OWN_PACKAGES})))"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == []


def test_what_is_missing_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {name: (debian, lambda: None) for name, (debian, _) in requirements.SERVERS.items()}
    monkeypatch.setattr(requirements, "SERVERS", absent | {"Redis": ("redis-server", lambda: "/usr/bin/redis-server")})
    made = PLATFORM({})
    wanted = "RabbitMQ, PostgreSQL not installed (apt-get install rabbitmq-server postgresql)"
    assert made.why_not_running == wanted
    assert list(made.services()) == []
    assert made.packages().services == ()


def test_missing_packages_are_told_with_the_command_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "PACKAGES", ("pika", "no_such_package_anywhere"))
    monkeypatch.setattr(requirements, "SERVERS", {})
    wanted = "packages missing: no_such_package_anywhere (pip install -c constraints.txt -e '.[observatory]')"
    assert PLATFORM({}).why_not_running == wanted


def test_every_sabotage_is_a_sabotage_of_the_platform() -> None:
    expected = {*map(str, Sabotage), *map(str, web_terminal_sabotages.SABOTAGES)}
    assert {known.name for known in platform_class("observatory").sabotages()} == expected


@pytest.mark.parametrize("folder", ["gateway", "processor", "metrics_engine", "read_model", "web_terminal", "pseudo_terminal", "web_page"])
def test_a_reference_service_is_one_small_folder(folder: str) -> None:
    files = [file for file in (Path(platform.__file__).parent / folder).rglob("*") if file.suffix in (".py", ".js", ".html", ".css")]
    assert 0 < sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files) < MOST_LINES


def test_services_stand_on_what_is_there() -> None:
    if PLATFORM({}).why_not_running:
        pytest.skip(str(PLATFORM({}).why_not_running))
    specs = {spec.name: spec for spec in PLATFORM({}).services()}
    assert {name for spec in specs.values() for name in spec.after} <= set(specs)
    assert {name.replace("-", "_") for name in PLATFORM.shared_services} <= set(specs)
