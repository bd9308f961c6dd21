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
    has_entries,
    has_length,
    less_than,
    none,
    not_,
)

from support.platforms.tracebloc.clients.backend import Refused
from support.platforms.tracebloc.playbook.sdk import data_scientist
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.training.chance import chance_on
from support.platforms.tracebloc.playbook.use_cases import naming, submissions, teams
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
    refused = _refusal_beyond_the_day(scene, first, 1)
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
    """Submits a finished cycle of the experiment they started last: it is Pending, and the score comes later."""
    submission = submissions.submit(context.scene, experiments.training_of(context.scene, role), cycle)
    assert_that(submission["status"], equal_to("Pending"), "the submission's status")


@when("all submissions are scored")
def all_scored(context: Context) -> None:
    """Those of every experiment of the scenario have a score."""
    scene = context.scene
    for training in scene.trainings:
        submissions.wait_until_scored(scene, scene.use_case, training, 1)


@then("{string} is on the leaderboard with rank {int} and a score better than chance")
def on_the_leaderboard(context: Context, role: str, rank: int) -> None:
    """The submission is scored on the test rows and ranks its team."""
    scene, use_case = context.scene, context.scene.use_case
    person = scene.person(role)
    mine = submissions.wait_until_scored(scene, use_case, scene.trainings[-1], 1)
    row = submissions.row_of(submissions.leaderboard(scene, scene.trainings[-1], use_case), person.backend.team(use_case.key)["name"])
    assert_that(row, all_of(submissions.shows_best_of(mine), has_entries(rank=rank, submissions=1)), "the leaderboard row")
    expected = chance_on(use_case, "test")
    assert_that(expected.is_beaten_by(row["score"]), f"the score is {row['score']:.3f}, where {expected}")


@when("{string} submits cycle {int} for inference {int} times")
def submits_times(context: Context, role: str, cycle: int, times: int) -> None:
    """Each is taken."""
    for _ in range(times):
        submissions.submit(context.scene, experiments.training_of(context.scene, role), cycle)


@when("{string} submits cycle {int} of {experiment} for inference {int} time/times")
def submits_of(context: Context, role: str, cycle: int, experiment: str, times: int) -> None:
    """Of an experiment with a name, or of a teammate's; each is taken."""
    scene = context.scene
    for _ in range(times):
        submissions.submit(scene, naming.experiment(scene, experiment), cycle, scene.person(role))


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


@then("{string} cannot submit cycle {int}: {string}")
def cannot_submit(context: Context, role: str, cycle: int, words: str) -> None:
    """The platform says why it does not take it, and counts nothing."""
    refused = _refusal_beyond_the_day(context.scene, experiments.training_of(context.scene, role), cycle)
    assert_that(refused.message if refused else None, equal_to(words), "the refusal")


@then("{string} can still submit cycle {int}")
def can_submit(context: Context, role: str, cycle: int) -> None:
    """The submission is taken, and is the team's only one."""
    scene = context.scene
    training = experiments.training_of(scene, role)
    submissions.submit(scene, training, cycle)
    assert_that(submissions.my_submissions(scene.use_case, training), has_length(1), "the team's submissions")


@then("My Submissions of {string} shows {int} submission/submissions")
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


@then('the inference-only run is "{experiment_status}"')
def inference_run_is(context: Context, status: str) -> None:
    """Waits until the run without training that was started last is so; a run that ended otherwise fails."""
    experiments.wait_for_status(context.scene, context.scene.inference_runs[-1], status)


@then("the inference-only run has the score of the submitted cycle")
def inference_is_scored(context: Context) -> None:
    """The same weights on the same test rows give the same score, whichever way they were submitted."""
    scene, run = context.scene, context.scene.inference_runs[-1]
    submissions.wait_until_settled(scene, scene.use_case, run.participant, scene.submissions[-1])
    scores = {row["run_kind"]: row["score"] for row in run.participant.backend.my_submissions(scene.use_case.key)}
    assert_that(scores, has_entries(inference=close_to(scores["training"], 1e-9)), "the scores of both ways")


@then('{string} cannot have the "{model}" scored without training: {string}')
def inference_is_refused(context: Context, role: str, model: str, words: str) -> None:
    """The SDK raises its own error with the platform's words, and nothing is added to My Submissions."""
    scene = context.scene
    person = scene.person(role)
    outcome = submissions.refusal_beyond_the_day(
        lambda: person.backend.my_submissions(scene.use_case.key), lambda: data_scientist.refusal_of_inference(scene, person, model)
    )
    assert_that(outcome, not_(none()), "the refusal of the run without training")
    data_scientist.assert_outcome(outcome, "InferenceRefusedError", words)


def _refusal_beyond_the_day(scene: Scene, training: Training, cycle: int) -> Refused | None:
    return submissions.refusal_beyond_the_day(
        lambda: training.participant.backend.my_submissions(scene.use_case.key),
        lambda: submissions.refusal_of_one_more(scene, training, cycle),
    )
