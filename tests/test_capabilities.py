"""What scenarios can ask for, who answers for it, and what is said when nobody does."""

from pathlib import Path
from typing import Any

import pytest

from environments.substrate import CAPABILITIES
from support.capabilities import known_capabilities, why_missing


class Offering:
    """Stands for a substrate or a platform that lacks everything but one capability."""

    def __init__(self, whose: str, there: str) -> None:
        self.capabilities = {"till": "there is a till", "till.open": "it can be opened"}
        self.whose, self.there = whose, there
        self.lacks: dict[str, str] = {}

    def why_missing(self, capability: str, _substrate: object = None) -> str | None:
        return None if capability == self.there else f"the {self.whose} has none"


SUBSTRATE: Any = Offering("substrate", "processes")
PLATFORM: Any = Offering("platform", "till")


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RINGMASTER_SETTINGS_FILE", raising=False)


@pytest.mark.parametrize(
    ("capability", "reason"),
    [("processes", None), ("cluster", "the substrate has none"), ("till", None), ("till.open", "the platform has none")],
)
def test_substrates_and_platforms_answer_for_what_is_theirs(capability: str, reason: str | None) -> None:
    assert why_missing(capability, PLATFORM, SUBSTRATE) == reason


def test_what_a_deployment_turned_out_to_lack_counts_before_what_substrate_and_platform_say() -> None:
    asked: Any = Offering("substrate", "processes")
    asked.lacks = {"till": "nobody may open it", "processes": "nobody may look"}
    assert why_missing("till", PLATFORM, asked) == "nobody may open it"
    assert why_missing("processes", PLATFORM, asked) == "nobody may look"


def test_what_only_another_platform_offers_says_so() -> None:
    assert (
        why_missing("mysql", PLATFORM, SUBSTRATE) == "only the platform tracebloc offers it, and this feature is not in features/tracebloc/"
    )
    assert "tracebloc" in str(why_missing("mysql", None, SUBSTRATE))


def test_what_nobody_offers_says_so() -> None:
    assert why_missing("clster", PLATFORM, SUBSTRATE) == "no substrate or platform offers the capability 'clster'"


def test_a_project_declares_capabilities_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "ringmaster.toml").write_text('[capabilities]\nprinter = "no printer is connected"\nscreen = ""\n')
    assert why_missing("printer", None, SUBSTRATE) == "no printer is connected"
    assert why_missing("screen", None, SUBSTRATE) is None
    assert {"printer", "screen", "mysql", *CAPABILITIES} <= known_capabilities().keys()
