"""behave's hooks: a platform to run on, a scene for each scenario, and its parts told to the reports."""

from behave.cucumber_expression import use_step_matcher_for_cucumber_expressions
from behave.model import Scenario, Step
from behave.runner import Context

from support.evidence.scenario import ScenarioEvidence
from support.results.notes import notes
from support.runner.session import current_session
from support.story import Story

use_step_matcher_for_cucumber_expressions()


def before_all(context: Context) -> None:
    """Use the platform that `ringmaster run` started, or start it now for plain `behave`."""
    context.session = current_session()
    context.session.start(context.config.paths)
    context.add_cleanup(context.session.stop_if_started_here)


def before_scenario(context: Context, scenario: Scenario) -> None:
    """Skip what this substrate cannot run, with the reason; else set the scene."""
    if reason := context.session.reason_to_skip(scenario):
        scenario.skip(reason)
        return
    session = context.session
    context.add_cleanup(session.deployment_of(scenario).enter_network())
    context.scene = session.new_scene(scenario)
    context.story = context.scene.story if context.scene is not None else Story()
    folder = context.scene.folder if context.scene is not None else session.folder_of(scenario)
    context.evidence = ScenarioEvidence(scenario, folder, session.deployment_of(scenario).substrate, context.scene)
    context.add_cleanup(context.evidence.close)
    context.add_cleanup(_give_back, context)


def before_step(context: Context, step: Step) -> None:
    """Collect the step's parts where the reports find them."""
    notes.parts = context.story.begin_step()
    context.evidence.step_begins(step)


def after_step(context: Context, step: Step) -> None:
    """Note how the step ended, and whether a service of the platform died meanwhile."""
    context.evidence.step_ended(step)
    context.session.notice_dead_services(context.scenario)


def after_scenario(context: Context, scenario: Scenario) -> None:
    """Collect the evidence of a failure before the scenario gives back what it had."""
    if "evidence" in context:
        context.evidence.scenario_ended(scenario)


def _give_back(context: Context) -> None:
    if context.scene is not None:
        with context.evidence.cleaning_up():
            context.scene.close()
