"""Models that are uploaded as an archive of several files."""

from behave import when
from behave.runner import Context
from hamcrest import assert_that, has_entries, is_in

from support.platforms.tracebloc.playbook.training import archived_models, experiments
from support.waiting import eventually


@when('{string} trains the "{model}" in an archive by a script for 1 epoch and 1 cycle')
def trains_archive(context: Context, role: str, model: str) -> None:
    """The same model in several files, trained as it would be in one; waits until the experiment ended."""
    scene = context.scene
    training = archived_models.start_by_script(scene, scene.person(role), model, batch_size=8)
    eventually(
        "the experiment to end", lambda: experiments.experiment(training), has_entries(status_display=is_in(experiments.ENDED)), within=40
    )
    shown = experiments.experiment(training)
    assert_that(shown, has_entries(status_display="Completed"), f"the experiment; its reason: {shown['reason']}")
