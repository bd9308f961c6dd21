"""Aborts the run after the first scenario."""

from behave.model import Scenario
from behave.runner import Context


def after_scenario(context: Context, scenario: Scenario) -> None:
    context.abort("the power is gone")
