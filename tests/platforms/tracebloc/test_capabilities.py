"""What the machine that runs the scenarios has to have for tracebloc's public parts, and what is said when it lacks it."""

from pathlib import Path

import pytest

from support.platforms.tracebloc.capabilities import OF_THIS_MACHINE

CLIENT = Path(__file__).parent / "client_scripts" / "checkout"
FRONT_END = Path(__file__).parent / "front_end" / "checkout"


def missing(capability: str, **given: Path) -> str | None:
    return OF_THIS_MACHINE[capability]({"client_checkout": None, "frontend_checkout": None, **given})


@pytest.mark.parametrize("capability", ["helm", "installer.scripts", "frontend"])
def test_without_a_checkout_the_reason_names_the_setting(capability: str) -> None:
    assert "option --" in str(missing(capability))


def test_with_a_checkout_the_tools_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing("helm", client_checkout=CLIENT) == "the program helm is not installed"
    assert "unshare" in str(missing("installer.scripts", client_checkout=CLIENT))
    (tmp_path / "helm").touch(mode=0o755)
    assert missing("helm", client_checkout=CLIENT) is None
    assert "npm ci" in str(missing("frontend", frontend_checkout=FRONT_END))
