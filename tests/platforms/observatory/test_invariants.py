"""The list of invariants: what is wrong with it is said, and what was held once stays held."""

from pathlib import Path

import pytest

from environments.errors import WrongScenario
from support.platforms.observatory.invariants import Invariant, Invariants, read_invariants, scenario_names

SCENARIOS = {"a.feature": frozenset({"It works"})}
HELD = Invariant("C1", "it works", ("a.feature: It works",))
TOLD = Invariant("X1", "it is written", documented_only="nobody can see it")


def _problems(*invariants: Invariant, held: tuple[str, ...] = ("C1",)) -> list[str]:
    return list(Invariants(invariants, frozenset(held)).problems(SCENARIOS))


def test_a_list_that_is_right_has_no_problem() -> None:
    assert _problems(HELD, TOLD) == []


def test_a_scenario_that_is_gone_is_found() -> None:
    renamed = Invariant("C1", "it works", ("a.feature: It worked",))
    elsewhere = Invariant("C1", "it works", ("b.feature: It works",))
    assert _problems(renamed) == ["C1 is held by 'It worked' of a.feature, which is not there"]
    assert _problems(elsewhere) == ["C1 is held by 'It works' of b.feature, which is not there"]


def test_what_was_held_stays_held_and_what_is_held_is_kept() -> None:
    assert _problems(Invariant("C1", "it works", documented_only="too slow")) == ["C1 was held once, and is documented only or gone now"]
    assert _problems(TOLD) == ["C1 was held once, and is documented only or gone now"]
    assert _problems(HELD, held=()) == ["C1 is held now: add it to `held`, so that it stays so"]


def test_each_is_either_held_or_told_once() -> None:
    both = Invariant("C1", "it works", ("a.feature: It works",), "why")
    assert _problems(both) == ["C1 needs either scenarios or the reason why it is documented only"]
    assert _problems(HELD, Invariant("X1", "it is written")) == ["X1 needs either scenarios or the reason why it is documented only"]
    assert _problems(HELD, HELD) == ["C1 is there twice"]


def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "invariants.toml"
    for text in ("held = [", "held = []", 'held = []\n[[invariant]]\nid = "C1"'):
        file.write_text(text)
        with pytest.raises(WrongScenario, match="is no list of invariants"):
            read_invariants(file)


def test_names_of_scenarios_and_outlines_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.feature").write_text("Feature: a\n\n  Scenario: One\n    When x\n  Rule: r\n    Scenario Outline: Two <b>\n")
    assert scenario_names(tmp_path) == {"a.feature": frozenset({"One", "Two <b>"})}
