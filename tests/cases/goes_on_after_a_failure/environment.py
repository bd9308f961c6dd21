"""Lets every step run, whatever became of the one before."""

from behave.model import Scenario
from behave.runner import Context


def before_scenario(context: Context, scenario: Scenario) -> None:
    scenario.continue_after_failed_step = True
