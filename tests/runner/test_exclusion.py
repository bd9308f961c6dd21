"""What a scenario claims by its tags, and which may run beside each other."""

from behave.parser import parse_feature
from hamcrest import assert_that, equal_to, is_

from support.runner.exclusion import NONE, exclusion_rules_of
from support.runner.planning.plan import make_plan

BUS_IS_AWAY = exclusion_rules_of(["p0", "disturbs.service-bus"])
NEEDS_NO_BUS = exclusion_rules_of(["without.service-bus", "ring1"])


def test_what_claims_nothing_is_told_without_a_look() -> None:
    assert_that(exclusion_rules_of(["p0", "ring1", "budget.30", "needs.mysql"]), is_(NONE))


def test_beside_what_disturbs_a_service_only_those_run_that_do_without_it() -> None:
    assert_that(BUS_IS_AWAY.allow(NEEDS_NO_BUS))
    assert_that(NEEDS_NO_BUS.allow(BUS_IS_AWAY))
    for other in (NONE, BUS_IS_AWAY, exclusion_rules_of(["without.backend"]), exclusion_rules_of(["exclusive.disk"])):
        assert_that(BUS_IS_AWAY.allow(other), equal_to(False), str(other))
        assert_that(other.allow(BUS_IS_AWAY), equal_to(False), str(other))


def test_what_disturbs_two_services_runs_only_beside_what_does_without_both() -> None:
    both = exclusion_rules_of(["disturbs.service-bus", "disturbs.object-store"])
    assert_that(both.allow(NEEDS_NO_BUS), equal_to(False))
    assert_that(both.allow(exclusion_rules_of(["without.service-bus", "without.object-store"])))


def test_what_needs_nothing_of_its_platform_runs_beside_whatever_disturbs_a_service() -> None:
    no_platform = exclusion_rules_of(["p0", "without-platform"])
    assert_that(BUS_IS_AWAY.allow(no_platform))
    assert_that(no_platform.allow(BUS_IS_AWAY))
    assert_that(no_platform.allow(exclusion_rules_of(["serial"])), equal_to(False))


def test_what_runs_alone_does_so_even_beside_what_needs_nothing() -> None:
    assert_that(exclusion_rules_of(["serial"]).allow(NEEDS_NO_BUS), equal_to(False))
    assert_that(NEEDS_NO_BUS.allow(exclusion_rules_of(["serial"])), equal_to(False))


def test_two_of_the_same_exclusive_name_never_meet() -> None:
    disk = exclusion_rules_of(["exclusive.disk"])
    assert_that(disk.allow(disk), equal_to(False))
    assert_that(disk.allow(exclusion_rules_of(["exclusive.net"])))
    assert_that(disk.allow(NEEDS_NO_BUS))


def test_what_there_only_one_can_have_at_a_time_where_they_run_keeps_scenarios_apart() -> None:
    text = "Feature: f\n  @exclusive.disk\n  Scenario: one\n    Given a\n  Scenario: other\n    Given a\n  Scenario: third\n    Given a\n"
    feature = parse_feature(text, filename="f.feature")
    tasks = make_plan([feature], feature.scenarios, (), {}).tasks
    for task, claimed in zip(tasks, ({"accounts"}, {"accounts"}, set[str]()), strict=True):
        task.claim(frozenset(claimed))
    one, other, third = (task.exclusion for task in tasks)
    assert_that(one.allow(other), equal_to(False))
    assert_that(one.exclusives, equal_to({"accounts", "disk"}))
    assert_that(one.allow(third) and other.allow(third))
    assert_that(third, is_(NONE))
