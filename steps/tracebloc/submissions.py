"""Submissions for inference, and the leaderboard."""

from behave import then, when
from behave.runner import Context
from hamcrest import (
    all_of,
    assert_that,
    close_to,
    contains_exactly,
    contains_string,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_length,
    has_properties,
    less_than,
    none,
    not_,
)

from support.platforms.tracebloc.clients.backend import Refused
from support.platforms.tracebloc.playbook import experiments, stub_participants, submissions, teams
from support.platforms.tracebloc.playbook.chance import better_than_guessing
from support.platforms.tracebloc.sample_data.datasets import class_names
from support.platforms.tracebloc.scene import Scene, Training
from support.step_arguments import Rows, takes_table


@when("both teams submit their cycle for inference and see it in My Submissions, at most 5 a day")
def teams_submit(context: Context) -> None:
    """The first team submits up to the daily limit and is refused the next, the second submits once."""
    scene = context.scene
    first, second = scene.trainings
    for training, times in ((first, submissions.DAILY_LIMIT), (second, 1)):
        for _ in range(times):
            submissions.submit(scene, training, 1)
    refused = _refusal_beyond_the_day(scene, first)
    assert_that(refused, not_(none()), "the refusal of a sixth submission")
    assert_that(refused.code if refused else None, equal_to("DAILY_LIMIT"), "why the sixth submission was refused")
    for training in (first, second):
        times = len(submissions.my_submissions(scene.use_case, training))
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
        expected = has_entries(submissions=len(mine), remaining_petaflops=close_to(1.0 - spent, 1e-9))
        assert_that(
            submissions.row_of(rows, team), all_of(submissions.shows_best_of(mine), expected), f"the row of {training.participant.role}"
        )
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
    submissions.submit(context.scene, experiments.training_of(context.scene, role), cycle)


@when("all submissions are scored")
def all_scored(context: Context) -> None:
    """Those of every experiment of the scenario have a score."""
    scene = context.scene
    for training in scene.trainings:
        submissions.wait_until_scored(scene, scene.use_case, training, 1)


@then("{string} is on the leaderboard with rank {int} and a score better than guessing")
def on_the_leaderboard(context: Context, role: str, rank: int) -> None:
    """The submission is scored on the test rows and ranks its team."""
    scene, use_case = context.scene, context.scene.use_case
    person = scene.person(role)
    mine = submissions.wait_until_scored(scene, use_case, scene.trainings[-1], 1)
    row = submissions.row_of(submissions.leaderboard(scene, scene.trainings[-1], use_case), person.backend.team(use_case.key)["name"])
    test_rows = sum(dataset.rows for dataset in use_case.datasets_for("test"))
    guessing = better_than_guessing(classes=len(class_names()), rows=test_rows)
    expected = has_entries(rank=rank, score=greater_than_or_equal_to(guessing), submissions=1)
    assert_that(row, all_of(submissions.shows_best_of(mine), expected), "the leaderboard row")


@when("{string} submits cycle {int} for inference and sees it as Pending")
def submits_and_sees(context: Context, role: str, cycle: int) -> None:
    """Submits a finished cycle of the experiment started last; it is not scored at once."""
    scene = context.scene
    submission = submissions.submit(scene, experiments.training_of(scene, role), cycle)
    assert_that(submission["status"], equal_to("Pending"), "the submission's status")


@when("{string} submits cycle {int} for inference {int} times")
def submits_times(context: Context, role: str, cycle: int, times: int) -> None:
    """Each is taken."""
    for _ in range(times):
        submissions.submit(context.scene, experiments.training_of(context.scene, role), cycle)


@when("{string} submits cycle {int} of {string} for inference {int} times")
def teammate_submits(context: Context, role: str, cycle: int, participant: str, times: int) -> None:
    """A teammate submits a cycle of somebody else's experiment; each is taken."""
    scene = context.scene
    for _ in range(times):
        submissions.submit(scene, experiments.training_of(scene, participant), cycle, scene.person(role))


@when("cycle {int} is submitted and scored, one after the other, by:")
@takes_table({"who": "string", "score": "float"})
def submitted_and_scored(context: Context, cycle: int, rows: Rows) -> None:
    """Each submission has the score that all the stub participants give it, before the next one is made."""
    scene = context.scene
    for row in rows:
        training = experiments.training_of(scene, row["who"])
        submission = submissions.submit(scene, training, cycle)["id"]
        stub_participants.score(scene, submission, [row["score"]] * len(scene.environments))
        submissions.wait_until_settled(scene, scene.use_case, training.participant, submission)


@when("{string} tries to submit cycle {int}, which is refused with the words {string}")
def tries_to_submit(context: Context, role: str, cycle: int, words: str) -> None:
    """The platform says why it does not take it."""
    scene = context.scene
    refused = submissions.refusal_of_one_more(scene, experiments.training_of(scene, role), cycle)
    assert_that(refused.message if refused else None, equal_to(words), "the refusal")


@then("a further submission by {string} is refused with the words {string}")
def further_is_refused(context: Context, role: str, words: str) -> None:
    """The first cycle of somebody's experiment is submitted once more."""
    refused = _refusal_beyond_the_day(context.scene, experiments.training_of(context.scene, role))
    assert_that(refused.message if refused else None, equal_to(words), "the refusal")


@then("{string} can still submit cycle {int}")
def can_submit(context: Context, role: str, cycle: int) -> None:
    """The submission is taken, and is the team's only one."""
    scene = context.scene
    training = experiments.training_of(scene, role)
    submissions.submit(scene, training, cycle)
    assert_that(submissions.my_submissions(scene.use_case, training), has_length(1), "the team's submissions")


@then("My Submissions of {string} shows {int}")
def shows_so_many(context: Context, role: str, count: int) -> None:
    """All of the team's submissions, whoever made them: the newest first, each with its time in UTC and who made it."""
    shown = submissions.submissions_of_team(context.scene, context.scene.person(role))
    assert_that(shown, has_length(count), "the team's submissions")


@then("My Submissions shows it as Scored, worse than the best")
def scored_worse(context: Context) -> None:
    """The submission made last has a score, and the team's best one a higher one."""
    scene = context.scene
    person = scene.trainings[-1].participant
    shown = submissions.wait_until_settled(scene, scene.use_case, person, scene.submissions[-1])
    best = max(row["score"] for row in person.backend.my_submissions(scene.use_case.key))
    assert_that(shown, has_entries(status="Scored", score=less_than(best)), "the submission")


@then("My Submissions shows it as {submission_status}, for the reason {string}")
def settled_as(context: Context, status: str, reason: str) -> None:
    """What became of the submission made last, in words."""
    scene = context.scene
    shown = submissions.wait_until_settled(scene, scene.use_case, scene.trainings[-1].participant, scene.submissions[-1])
    assert_that(shown, has_entries(status=status, score=none(), reason=contains_string(reason)), "the submission")


@then("the leaderboard shows:")
@takes_table({"rank": "int", "team": "string", "score": "float", "submissions": "int"})
def leaderboard_shows(context: Context, rows: Rows) -> None:
    """Exactly these rows in this order; a team is named by one of its members."""
    scene = context.scene
    expected = [
        has_entries(
            rank=row["rank"],
            team=teams.team_of(scene.use_case, scene.person(row["team"]))["name"],
            score=close_to(row["score"], 1e-9),
            submissions=row["submissions"],
        )
        for row in rows
    ]
    training = experiments.training_of(scene, rows[0]["team"])
    assert_that(submissions.leaderboard(scene, training, scene.use_case), contains_exactly(*expected), "the leaderboard")


@then("the leaderboard shows the best of {int} submissions of {string}")
def leaderboard_shows_best(context: Context, count: int, role: str) -> None:
    """One row for the team, with its best submission's score and experiment, and the number of its submissions."""
    scene = context.scene
    person = scene.person(role)
    mine = person.backend.my_submissions(scene.use_case.key)
    expected = all_of(submissions.shows_best_of(mine), has_entries(rank=1, submissions=count))
    assert_that(person.backend.leaderboard(scene.use_case.key), contains_exactly(expected), "the leaderboard")


@when('{string} runs inference only with the "{model}"')
def runs_inference(context: Context, role: str, model: str) -> None:
    """Scores a model that is kept on the platform, with the SDK and without training; waits until the run has ended."""
    scene = context.scene
    experiments.wait_until_ended(scene, experiments.run_inference(scene, scene.person(role), model))


@then('the inference-only run is "{experiment_status}", with the score of the submitted cycle')
def inference_is_scored(context: Context, status: str) -> None:
    """The same weights on the same test rows give the same score, whichever way they were submitted."""
    scene, run = context.scene, context.scene.inference_runs[-1]
    assert_that(run.participant.sdk.experiment_status(run.experiment_key), equal_to(status), "the run's status in the SDK")
    submissions.wait_until_settled(scene, scene.use_case, run.participant, scene.submissions[-1])
    scores = {row["run_kind"]: row["score"] for row in run.participant.backend.my_submissions(scene.use_case.key)}
    assert_that(scores, has_entries(inference=close_to(scores["training"], 1e-9)), "the scores of both ways")


@then('the SDK refuses {string} an inference-only run of the "{model}": {string}')
def inference_is_refused(context: Context, role: str, model: str, words: str) -> None:
    """The SDK raises its own error with the platform's words, and nothing is added to My Submissions."""
    scene = context.scene
    person = scene.person(role)
    error = submissions.refusal_beyond_the_day(
        lambda: person.backend.my_submissions(scene.use_case.key), lambda: experiments.error_of_inference(scene, person, model)
    )
    assert_that(error, has_properties(kind="InferenceRefusedError", text=contains_string(words)), "what the SDK raised")


def _refusal_beyond_the_day(scene: Scene, training: Training) -> Refused | None:
    return submissions.refusal_beyond_the_day(
        lambda: training.participant.backend.my_submissions(scene.use_case.key),
        lambda: submissions.refusal_of_one_more(scene, training, 1),
    )
