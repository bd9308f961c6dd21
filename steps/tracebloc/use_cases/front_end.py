"""The front end, by its own Cypress specs."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, empty, not_

from support.platforms.tracebloc.playbook.use_cases import front_end
from support.platforms.tracebloc.playbook.use_cases.front_end import SpecRun


@when("the front end's own specs run against the platform")
def specs_run(context: Context) -> None:
    """Runs Cypress in the checkout of the front end."""
    front_end.run(context.scene)


@then("every test of every spec passes")
def every_test_passes(context: Context) -> None:
    """Each failure is named with its spec and its words."""
    run = context.scene.kept(SpecRun)
    assert_that(run.passed(), not_(empty()), "tests that passed")
    assert_that("\n".join(run.failures()), empty(), "tests that failed")
