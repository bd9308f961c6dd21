"""Rules for the order of steps: a state, an act, an outcome that can fail."""

from collections.abc import Iterator

from behave.model import Scenario, ScenarioOutline

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project
from support.gherkin.features import FeatureFile
from support.gherkin.keywords import is_outline


def no_scenario(project: Project) -> Iterator[Finding]:
    """A feature without scenarios promises something and checks nothing; an outline without Examples runs once, placeholders and all."""
    for file in project.features:
        written = list(file.written())
        if not written:
            yield Finding(file.path, int(file.feature.line), "this feature has no scenario", "add one, or remove the file")
        for _, item in written:
            if not isinstance(item, ScenarioOutline) and is_outline(item.keyword, file.feature.language):
                why = "this outline has no Examples, so it runs once, as it is written"
                yield Finding(file.path, int(item.line), why, "add Examples, or make it a Scenario")


def no_outcome(project: Project) -> Iterator[Finding]:
    """A scenario without a Then checks nothing; one whose last step is not a Then does not check its last act."""
    for file, item in _scenarios(project):
        kinds = [str(step.step_type) for step in item.steps]
        if "then" not in kinds:
            advice = "add a Then that can fail"
            yield Finding(file.path, int(item.line), "this scenario has no Then: it checks nothing", advice)
        elif kinds[-1] != "then":
            last = item.steps[-1]
            why = f"the scenario ends with '{last.keyword} {last.name}', whose outcome nothing checks"
            yield Finding(file.path, int(last.line), why, "end with a Then that can fail")


def given_after_then(project: Project) -> Iterator[Finding]:
    """A new state after an outcome is the beginning of another scenario."""
    for file, item in _scenarios(project):
        checked = False
        for step in item.steps:
            if step.step_type == "given" and checked:
                why = f"'{step.keyword} {step.name}' is a state, and stands after a Then"
                yield Finding(file.path, int(step.line), why, "make it a When if it is an act, or a scenario of its own")
            checked = checked or step.step_type == "then"


def act_in_background(project: Project) -> Iterator[Finding]:
    """A background is the state that scenarios begin with; an outcome in it is checked before anything was done."""
    for file in project.features:
        for holder in (file.feature, *file.feature.rules):
            for step in holder.background.steps if holder.background else []:
                if step.step_type == "then":
                    why = f"'{step.keyword} {step.name}' is an outcome, and stands in a Background"
                    yield Finding(file.path, int(step.line), why, "say it as a Given, or move it into a scenario")


RULES = (no_scenario, no_outcome, given_after_then, act_in_background)


def _scenarios(project: Project) -> Iterator[tuple[FeatureFile, Scenario]]:
    for file in project.features:
        yield from ((file, item) for _, item in file.written())
