"""What training brings: metrics against chance, epochs, and what stands in the jobs' logs."""

import itertools

from behave import then
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_string, equal_to, is_not, only_contains

from support.platforms.tracebloc.playbook.training import experiments, linear_models
from support.platforms.tracebloc.playbook.training.chance import chance_on
from support.platforms.tracebloc.playbook.use_cases import submissions


@then("the {score} of cycle {int} is better than chance")
def cycle_beats_chance(context: Context, metric: str, cycle: int) -> None:
    """On the examples that were kept back from training; the story tells what chance reaches, and how that was computed."""
    scene = context.scene
    expected = chance_on(scene.use_case, "train")
    reached = experiments.metric(scene.trainings[-1], cycle, metric)
    scene.story.tell(f"{metric} of cycle {cycle}", f"{reached:.3f}; {expected}")
    assert_that(expected.is_beaten_by(reached), f"cycle {cycle} reached {reached:.3f}, where {expected}")


@then("the score on the test data is better than chance")
def score_beats_chance(context: Context) -> None:
    """On examples that no training has seen, with the weights that were stored."""
    scene = context.scene
    expected = chance_on(scene.use_case, "test")
    (row,) = submissions.wait_until_scored(scene, scene.use_case, scene.trainings[-1], 1)
    scene.story.tell("score on the test data", f"{row['score']}; {expected}")
    assert_that(row["score"] is not None, f"the submission is {row['status']} and has no score")
    assert_that(expected.is_beaten_by(row["score"]), f"the score is {row['score']:.3f}, where {expected}")


@then("the {score} of cycle {int} is no better than chance")
def cycle_does_not_beat_chance(context: Context, metric: str, cycle: int) -> None:
    """What was kept back from training cannot be known, where there was nothing to learn."""
    scene = context.scene
    expected = chance_on(scene.use_case, "train")
    reached = experiments.metric(scene.trainings[-1], cycle, metric)
    scene.story.tell(f"{metric} of cycle {cycle}", f"{reached:.3f}; {expected}")
    assert_that(not expected.is_beaten_by(reached), f"cycle {cycle} reached {reached:.3f} where there was nothing to learn; {expected}")


@then("cycle {int} shows the metrics of {int} epochs")
def cycle_shows_epochs(context: Context, cycle: int, epochs: int) -> None:
    """One after the other, and each with numbers of its own."""
    shown = experiments.cycle_result(context.scene.trainings[-1], cycle)["epochs"]
    assert_that([epoch["epoch"] for epoch in shown], equal_to(list(range(1, epochs + 1))), "epochs with metrics")
    for one, next_one in itertools.pairwise(shown):
        assert_that(next_one["metrics"], is_not(equal_to(one["metrics"])), f"the metrics of epoch {next_one['epoch']}")


@then("the score is the rmse that the stored weights give on all {int} test rows")
def score_is_computed_apart(context: Context, rows: int) -> None:
    """Predicts every test row with the averaged weights, apart from the platform."""
    scene = context.scene
    (dataset,) = scene.use_case.datasets_for("test")
    assert_that(dataset.rows, equal_to(rows), "test rows")
    expected = linear_models.root_mean_squared_error(scene, scene.trainings[-1], dataset)
    (row,) = submissions.wait_until_scored(scene, scene.use_case, scene.trainings[-1], 1)
    scene.story.tell("score", f"{row['score']:.6f}, computed apart {expected:.6f}")
    assert_that(row["score"], close_to(expected, 1e-5), "the score")


@then("the log of every training job names the damaged picture")
def logs_name_the_picture(context: Context) -> None:
    """Whoever runs the secure environment can find the file."""
    scene = context.scene
    logs = experiments.job_logs(scene, scene.trainings[-1])
    assert_that(
        logs, only_contains(contains_string(f"file {context.damaged} is not a picture that can be read")), "logs of the training jobs"
    )
