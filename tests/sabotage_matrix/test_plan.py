"""Which scenarios meet which sabotage."""

from collections.abc import Callable
from pathlib import Path

import pytest

from environments.choose import all_sabotages
from support.runner.planning.errors import SelectionError
from support.runner.planning.selection import Selection
from support.sabotage_matrix.plan import MatrixPlan, plan_of

UNWEIGHTED, WRONG_WAY, RELAYED = (
    "weights-averaged-unweighted",
    "leaderboard-sorted-the-wrong-way",
    "flops-not-relayed",
)
FEATURE = """
@catches.weights-averaged-unweighted
Feature: Planned

  @catches.leaderboard-sorted-the-wrong-way
  Scenario: both
    Then something

  Scenario Outline: one <n>
    Then something
    Examples:
      | n |
      | 1 |
      | 2 |
"""
NONE = """
Feature: Others

  Scenario: excused
    Catches no sabotage: it is about
    something else. The rest is another sentence.

    Then something

  Scenario: forgotten
    Then something
"""
Planning = Callable[..., MatrixPlan]


@pytest.fixture
def planned(tmp_path: Path) -> Planning:
    def plan(text: str, *sabotages: str, every_pair: bool = False) -> MatrixPlan:
        (tmp_path / "planned.feature").write_text(text)
        return plan_of(Selection((str(tmp_path),)), sabotages or tuple(all_sabotages()), every_pair=every_pair)

    return plan


def names(plan: MatrixPlan, sabotage: str) -> list[str]:
    return [candidate.name for candidate in plan.runs[sabotage]]


def test_each_sabotage_meets_a_scenario_and_each_scenario_one_sabotage(planned: Planning) -> None:
    plan = planned(FEATURE)
    assert names(plan, WRONG_WAY) == ["both"]
    assert names(plan, UNWEIGHTED) == ["one 1 -- @1.1 ", "one 2 -- @1.2 "]


def test_every_pair_runs_what_is_said_to_catch_it(planned: Planning) -> None:
    assert names(planned(FEATURE, every_pair=True), UNWEIGHTED) == ["both", "one 1 -- @1.1 ", "one 2 -- @1.2 "]


def test_a_scenario_may_meet_two_sabotages_when_each_has_no_other(planned: Planning) -> None:
    plan = planned("Feature: F\n @catches.flops-not-relayed @catches.leaderboard-sorted-the-wrong-way\n Scenario: S\n  Then x")
    assert names(plan, WRONG_WAY) == names(plan, RELAYED) == ["S"]


def test_sabotages_that_nobody_says_to_catch_are_told(planned: Planning) -> None:
    assert planned(FEATURE, UNWEIGHTED, RELAYED).uncaught == [RELAYED]


def test_a_scenario_that_catches_none_says_why_or_is_told(planned: Planning) -> None:
    plan = planned(NONE)
    assert [(found.name, found.reason_for_none) for found in plan.catch_none] == [("excused", "it is about something else")]
    assert [found.name for found in plan.undeclared] == ["forgotten"]


def test_an_unknown_sabotage_is_refused_with_the_nearest_known_one(planned: Planning) -> None:
    with pytest.raises(SelectionError, match=r"planned.feature:3: .*Did you mean 'flops-not-relayed'"):
        planned("Feature: F\n @catches.flops-not-relay\n Scenario: S\n  Then x")
