"""What the machine that runs the scenarios has to have, and what is said when it lacks it."""

from pathlib import Path

import pytest

from environments.embedded.substrate import EmbeddedSubstrate
from support.capabilities import why_missing
from support.settings import Settings, read_settings

CLIENT = Path(__file__).parent / "client_scripts" / "checkout"
FRONT_END = Path(__file__).parent / "front_end" / "checkout"


def missing(capability: str, tmp_path: Path, **options: Path) -> str | None:
    settings: Settings = read_settings(client_env="dev", **options)
    return why_missing(capability, settings, EmbeddedSubstrate(settings, run_id="none", logs_folder=tmp_path))


@pytest.fixture(autouse=True)
def without_own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("RINGMASTER_CLIENT_CHECKOUT", "RINGMASTER_FRONTEND_CHECKOUT", "RINGMASTER_DEADLINE_FACTOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("capability", ["helm", "installer.scripts", "frontend"])
def test_without_a_checkout_the_reason_names_the_setting(capability: str, tmp_path: Path) -> None:
    assert "option --" in str(missing(capability, tmp_path))


def test_with_a_checkout_the_tools_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing("helm", tmp_path, client_checkout=CLIENT) == "the program helm is not installed"
    assert "unshare" in str(missing("installer.scripts", tmp_path, client_checkout=CLIENT))
    (tmp_path / "helm").touch(mode=0o755)
    assert missing("helm", tmp_path, client_checkout=CLIENT) is None
    assert "npm ci" in str(missing("frontend", tmp_path, frontend_checkout=FRONT_END))


def test_everything_else_is_the_substrates(tmp_path: Path) -> None:
    assert missing("processes", tmp_path) is None
    assert "Kubernetes" in str(missing("cluster", tmp_path))
