"""Submissions for inference, and the leaderboard."""

from behave import then, when
from behave.runner import Context
from hamcrest import (
    assert_that,
    close_to,
    contains_exactly,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_length,
    none,
    not_,
)

from support.playbook import submissions
from support.playbook.chance import better_than_guessing
from support.toy.datasets import class_names


@when("both teams submit their cycle for inference and see it in My Submissions, at most 5 a day")
def teams_submit(context: Context) -> None:
    """The first team submits up to the daily limit and is refused the next, the second submits once."""
    scene = context.scene
    first, second = scene.trainings
    for training, times in ((first, submissions.DAILY_LIMIT), (second, 1)):
        for _ in range(times):
            submissions.submit(scene, training, 1)
    refused = submissions.refusal_of_one_more(scene, first, 1)
    assert_that(refused, not_(none()), "the refusal of a sixth submission")
    assert_that(refused.code if refused else None, equal_to("DAILY_LIMIT"), "why the sixth submission was refused")
    for training, times in ((first, submissions.DAILY_LIMIT), (second, 1)):
        rows = submissions.wait_until_scored(scene, scene.use_case, training, times)
        assert_that({row["status"] for row in rows}, equal_to({"Scored"}), "the status of the submissions")


@then("both models are on the leaderboard with rank, score, submissions and remaining budget, the best score first")
def both_on_the_leaderboard(context: Context) -> None:
    """The rows agree with what each team sees of itself, and stand in the order of their scores."""
    scene, use_case = context.scene, context.scene.use_case
    rows = submissions.leaderboard(scene, scene.trainings[0], use_case)
    assert_that(rows, has_length(2), "rows on the leaderboard")
    for training in scene.trainings:
        mine = submissions.my_submissions(use_case, training)
        team = training.participant.backend.team(use_case.key)["name"]
        spent = training.participant.backend.experiment(training.experiment_key)["petaflops"]
        best = max(row["score"] for row in mine)
        expected = has_entries(score=close_to(best, 1e-9), submissions=len(mine), remaining_petaflops=close_to(1.0 - spent, 1e-9))
        assert_that(submissions.row_of(rows, team), expected, f"the row of {training.participant.role}")
    scores = [row["score"] for row in rows]
    assert_that([row["rank"] for row in rows], equal_to([1, 2]), "ranks")
    assert_that(scores[0], greater_than(scores[1]), "the score ranked first, against the second")


@then("{string} is not on the leaderboard yet")
def not_on_the_leaderboard(context: Context, role: str) -> None:
    """A finished cycle alone does not rank."""
    rows = context.scene.person(role).backend.leaderboard(context.scene.use_case.key)
    assert_that(rows, has_length(0), "rows on the leaderboard")


@when("{string} submits cycle {int} for inference")
def submits(context: Context, role: str, cycle: int) -> None:
    """Submits a finished cycle; the score comes later."""
    submissions.submit(context.scene, context.scene.training_of(role), cycle)


@then("{string} is on the leaderboard with rank {int} and a score better than guessing")
def on_the_leaderboard(context: Context, role: str, rank: int) -> None:
    """The submission is scored on the test rows and ranks its team."""
    scene, use_case = context.scene, context.scene.use_case
    person = scene.person(role)
    training = scene.training_of(role)
    submissions.wait_until_scored(scene, use_case, training, 1)
    row = submissions.row_of(submissions.leaderboard(scene, training, use_case), person.backend.team(use_case.key)["name"])
    test_rows = sum(dataset.rows for dataset in use_case.datasets_for("test"))
    guessing = better_than_guessing(classes=len(class_names()), rows=test_rows)
    assert_that(row, has_entries(rank=rank, score=greater_than_or_equal_to(guessing), submissions=1), "the leaderboard row")


@then("the leaderboard shows")
def leaderboard_shows(context: Context) -> None:
    """The rows of the table, in this order, once everything is scored."""
    scene, use_case = context.scene, context.scene.use_case
    for training in scene.trainings:
        submissions.wait_until_scored(scene, use_case, training, 1)
    rows = submissions.leaderboard(scene, scene.trainings[-1], use_case)
    expected = [
        has_entries(
            rank=int(row["rank"]),
            team=scene.person(row["team of"]).backend.team(use_case.key)["name"],
            score=close_to(float(row["score"]), 1e-9),
            submissions=int(row["submissions"]),
        )
        for row in context.table
    ]
    assert_that(rows, contains_exactly(*expected), "the leaderboard")
