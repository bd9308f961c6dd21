"""The doctor: it says what the substrate would say at its start, how to get what is missing, and what else is the matter."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from environments import requirements
from environments.embedded import requirements as embedded
from environments.embedded.substrate import EmbeddedSubstrate
from environments.errors import SubstrateError, UnknownSubstrate
from environments.ledger import Ledger
from environments.platforms.tracebloc.platform import Tracebloc
from environments.platforms.tracebloc.requirements import PACKAGES as OF_TRACEBLOC
from support.commands.application import application
from support.doctor import diagnosis
from support.doctor.diagnosis import Check, diagnose
from support.doctor.installing import install_command, package_manager, system_name

PACKAGES = {"behave": "behave", **OF_TRACEBLOC}


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, settings that are right, and a ledger of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("RINGMASTER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RINGMASTER_CLIENT_ENV", "dev")
    monkeypatch.setenv("RINGMASTER_LEDGER_FOLDER", str(tmp_path / "ledger"))


def hide(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    found = requirements.find_spec
    monkeypatch.setattr(requirements, "find_spec", lambda name: None if name in modules else found(name))


def called(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(application, ["doctor", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, " ".join(result.output.split())


def check(name: str, substrate: str | None = None) -> Check:
    return next(check for check in diagnose(substrate).checks if check.name == name)


def test_a_machine_that_has_everything_is_fit() -> None:
    exit_code, output = called()
    assert exit_code == 0, output
    assert "Everything the substrate needs is there" in output


def test_versions_are_shown() -> None:
    assert check("torch").found.startswith("2.13.0")
    assert check("tracebloc").found == "1.2.63"


@pytest.mark.parametrize("module", PACKAGES)
def test_doctor_and_substrate_miss_the_same(module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hide(monkeypatch, module)
    assert not diagnose().fit
    told = check(module).what_to_do
    assert told == f"pip install -c constraints.txt {PACKAGES[module]}"
    with pytest.raises(SubstrateError) as refused:
        EmbeddedSubstrate(Tracebloc({}), run_id="no-run", logs_folder=tmp_path).start()
    assert told in str(refused.value)
    assert called()[0] == 3


def test_doctor_and_substrate_agree_on_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedded.tempfile, "TemporaryDirectory", lambda **_: (_ for _ in ()).throw(OSError("read-only")))
    assert check("a temporary folder").state == "missing"
    with pytest.raises(SubstrateError, match="a temporary folder"):
        EmbeddedSubstrate(Tracebloc({}), run_id="no-run", logs_folder=tmp_path).start()


@pytest.mark.parametrize(("ingestor", "state", "exit_code"), [("tracebloc-ingest", "missing", 3), ("auto", "left out", 0)])
def test_mariadb_is_needed_by_the_real_ingestor_only(monkeypatch: pytest.MonkeyPatch, ingestor: str, state: str, exit_code: int) -> None:
    for module in ("stores.mariadb", "requirements"):
        monkeypatch.setattr(f"environments.platforms.tracebloc.{module}.find_programs", lambda: None)
    monkeypatch.setenv("RINGMASTER_INGESTOR", ingestor)
    assert check("MariaDB").state == state
    assert "mariadb" in check("MariaDB").what_to_do
    assert called()[0] == exit_code


@pytest.mark.parametrize("forbidden", [True, False])
def test_namespaces_are_tried_and_not_assumed(monkeypatch: pytest.MonkeyPatch, forbidden: bool) -> None:
    monkeypatch.setattr("environments.platforms.tracebloc.training.isolation.enter_namespaces", lambda: not forbidden)
    assert check("kernel namespaces").state == ("left out" if forbidden else "there")
    assert diagnose().fit


def test_json_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "torch")
    exit_code, output = called("--json")
    found = json.loads(output)
    assert exit_code == 3
    assert found["fit"] is False
    assert [row["name"] for row in found["checks"] if row["state"] == "missing"] == ["torch"]
    assert "processes" in found["has"]
    assert "Kubernetes" in found["lacks"]["cluster"]


def test_a_substrate_that_is_not_there_is_wrong_input() -> None:
    exit_code, output = called("--substrate", "embeded")
    assert exit_code == 2
    assert "embedded" in output
    with pytest.raises(UnknownSubstrate):
        diagnose("embeded")


def test_a_wrong_setting_is_told_with_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGMASTER_CLIENT_ENV", "test-e2e")
    exit_code, output = called()
    assert exit_code == 3
    assert "'test-e2e'" in output
    assert "torch: 2.13.0" in output


def test_left_overs_of_killed_runs_are_told_and_not_removed(tmp_path: Path) -> None:
    ledger = Ledger.open("killed-run")
    ledger.file.write_text(ledger.file.read_text().replace(f'"pid": {os.getpid()}', '"pid": 999999999'))
    told = check("left-overs of killed runs")
    assert (told.state, told.found) == ("low", "killed-run")
    assert "ringmaster clean" in told.what_to_do
    assert ledger.file.exists()


def test_little_memory_and_disk_are_told_and_do_not_stop_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis.psutil, "virtual_memory", lambda: SimpleNamespace(available=10**6))
    monkeypatch.setattr(diagnosis.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**8))
    assert (check("memory").state, check("disk").state) == ("low", "low")
    assert diagnose().fit


@pytest.mark.parametrize(
    ("release", "manager", "command"),
    [
        ('ID=debian\nPRETTY_NAME="Debian 12"', "apt", "apt-get install -y mariadb-server"),
        ("ID=ubuntu\nID_LIKE=debian", "apt", "apt-get install -y mariadb-server"),
        ("ID=linuxmint\nID_LIKE='ubuntu debian'", "apt", "apt-get install -y mariadb-server"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"', "dnf", "dnf install -y mariadb-server"),
        ("ID=fedora", "dnf", "dnf install -y mariadb-server"),
        ("ID=alpine", "apk", "apk add mariadb mariadb-client"),
        ("ID=arch", "pacman", "pacman -S --noconfirm mariadb"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"', "zypper", "zypper install -y mariadb"),
        ("ID=homemade", None, "install mariadb-server with your system's packages"),
        ("", None, "install mariadb-server with your system's packages"),
    ],
)
def test_the_command_is_this_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str, manager: str, command: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "os-release").write_text(release)
    found = package_manager(tmp_path / "os-release")
    assert (found, install_command("MariaDB", found)) == (manager, command)


def test_who_is_not_root_is_told_to_become_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert install_command("git", "apt") == "sudo apt-get install -y git"
    assert install_command("git", "brew") == "brew install git"


def test_servers_and_browser_are_installed_under_their_packages_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    found = {name: install_command(name, "apt").rpartition(" ")[2] for name in ("RabbitMQ", "PostgreSQL", "Redis", "Chromium")}
    assert found == {"RabbitMQ": "rabbitmq-server", "PostgreSQL": "postgresql", "Redis": "redis-server", "Chromium": "chromium"}


def test_a_system_without_a_name_has_one(tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text('PRETTY_NAME="Debian 12"')
    assert system_name(tmp_path / "os-release") == "Debian 12"
    assert system_name(tmp_path / "nothing")
