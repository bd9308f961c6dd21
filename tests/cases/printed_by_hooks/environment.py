"""Hooks that print, and one that leaves its scenario out."""

from behave.model import Rule, Scenario
from behave.runner import Context


def before_scenario(context: Context, scenario: Scenario) -> None:
    if scenario.name == "left out":
        print("why it is left out")  # noqa: T201
        scenario.skip("the pump is dry")


def before_rule(context: Context, rule: Rule) -> None:
    print("opened the valve")  # noqa: T201
