"""In what order scenarios start: short ones while a platform loads, the longest, what disturbs others with its company, what runs alone."""

from pathlib import Path

import pytest
from behave.parser import parse_feature
from hamcrest import assert_that, equal_to

from support.runner.planning.order import in_order
from support.runner.planning.plan import Task, make_plan

SECONDS = {"long": 9.0, "middle": 4.0, "short": 1.0, "shorter": 0.5, "skipped": 0.0}


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    scenarios = "".join(f"  Scenario: {name}\n    Given a step\n" for name in SECONDS)
    feature = parse_feature(
        f"Feature: five\n{scenarios}  @serial\n  Scenario: alone\n    Given a step\n", filename=str(tmp_path / "five.feature")
    )
    made = make_plan([feature], list(feature.walk_scenarios()), (), {}).tasks
    for task in made:
        task.expected = SECONDS.get(task.scenario.name)
    return made


def names(ordered: list[Task]) -> list[str]:
    return [task.scenario.name for task in ordered]


def test_the_longest_go_first_on_a_platform_that_has_loaded_everything(tasks: list[Task]) -> None:
    assert_that(names(in_order(tasks, workers=2, seed=None)), equal_to(["long", "middle", "short", "shorter", "skipped", "alone"]))


def test_so_many_short_ones_go_first_as_all_workers_need_while_it_loads(tasks: list[Task]) -> None:
    ordered = in_order(tasks, workers=2, seed=None, short_first_seconds=0.7)
    assert_that(names(ordered), equal_to(["skipped", "shorter", "short", "long", "middle", "alone"]))


def test_without_a_history_and_with_one_worker_the_order_of_the_files_stays(tasks: list[Task]) -> None:
    assert_that(names(in_order(tasks, workers=1, seed=None, short_first_seconds=3.0)), equal_to([*SECONDS, "alone"]))
    for task in tasks:
        task.expected = None
    assert_that(names(in_order(tasks, workers=2, seed=None, short_first_seconds=3.0)), equal_to([*SECONDS, "alone"]))


@pytest.mark.parametrize("spared", ["@without.backend", "@without-platform"])
def test_what_disturbs_others_meets_the_shortest_that_may_run_beside_it(tmp_path: Path, spared: str) -> None:
    text = "Feature: f\n"
    for tag, name in (("@disturbs.backend", "outage"), (spared, "spared"), ("", "other")):
        text += "".join(f"  {tag}\n  Scenario: {name} {seconds}\n    Given a step\n" for seconds in (1, 3, 9))
    feature = parse_feature(text, filename=str(tmp_path / "f.feature"))
    made = make_plan([feature], list(feature.walk_scenarios()), (), {}).tasks
    for task in made:
        task.expected = float(task.scenario.name.split()[1])
    alone = ["outage 9", "outage 3", "outage 1"]
    assert_that(
        names(in_order(made[:5] + made[6:], workers=2, seed=None)),
        equal_to(["other 9", "other 3", "other 1", *alone, "spared 3", "spared 1"]),
    )
    for task in made[:3]:
        task.expected = 1.0
    assert_that(names(in_order(made, workers=2, seed=None))[:4], equal_to(["spared 9", "other 9", "other 3", "other 1"]))
