"""behave's hooks for the features of the runner itself: each scenario has a folder of its own, gone when it ends."""

import tempfile
from pathlib import Path

from behave.cucumber_expression import use_step_matcher_for_cucumber_expressions
from behave.model import Scenario
from behave.runner import Context

use_step_matcher_for_cucumber_expressions()


def before_scenario(context: Context, scenario: Scenario) -> None:
    """Make the scenario's folder."""
    folder = tempfile.TemporaryDirectory(prefix="ringmaster-runner-feature-")
    context.add_cleanup(folder.cleanup)
    context.folder = Path(folder.name)
    context.parts = []
