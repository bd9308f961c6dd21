"""What training brings: metrics against chance."""

from behave import then
from behave.runner import Context
from hamcrest import assert_that

from support.playbook import experiments, submissions
from support.playbook.chance import chance
from support.toy.tasks import toy_task


@then("the {word} of cycle {int} is clearly better than chance")
def cycle_beats_chance(context: Context, metric: str, cycle: int) -> None:
    """On the examples that were kept back from training; the story tells what chance reaches, and how that was computed."""
    scene = context.scene
    (dataset,) = scene.use_case.datasets_for("train")
    expected = chance(toy_task(scene.use_case.task), experiments.rows_kept_back(dataset), dataset.seed)
    reached = experiments.metric(scene.trainings[-1], cycle, metric)
    scene.story.tell(f"{metric} of cycle {cycle}", f"{reached:.3f}; {expected}")
    assert_that(expected.is_beaten_by(reached), f"cycle {cycle} reached {reached:.3f}, where {expected}")


@then("the score on the test data is clearly better than chance")
def score_beats_chance(context: Context) -> None:
    """On examples that no training has seen, with the weights that were stored."""
    scene = context.scene
    (dataset,) = scene.use_case.datasets_for("test")
    expected = chance(toy_task(scene.use_case.task), dataset.rows, dataset.seed)
    (row,) = submissions.wait_until_scored(scene, scene.use_case, scene.trainings[-1], 1)
    scene.story.tell("score on the test data", f"{row['score']}; {expected}")
    assert_that(row["score"] is not None, f"the submission is {row['status']} and has no score")
    assert_that(expected.is_beaten_by(row["score"]), f"the score is {row['score']:.3f}, where {expected}")
