"""What ranks a team, what of a submission is scored, and what others see of it."""

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_string, empty, equal_to, has_entries, has_properties, not_

from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import publishing, submissions, teams


@given('a use case for "{task}" scored by "{score}" is published on them, where lower is better')
def lower_is_better(context: Context, task: str, score: str) -> None:
    """The owner says that the lowest score ranks first."""
    publishing.publish_on_all_datasets(context.scene, task, score, higher_is_better=False)


@then("the stub participant is asked to score cycle {int} of {string} by its {score} on the test dataset")
def asked_to_score(context: Context, cycle: int, role: str, metric: str) -> None:
    """The weights of that cycle and of no other, with the model of the experiment."""
    scene = context.scene
    training = experiments.training_of(scene, role)
    (dataset,) = scene.use_case.datasets_for("test")
    work = stub_participants.ordered_scoring(scene.environments[-1].stub_participant, scene.submissions[-1])
    assert_that(
        work,
        has_properties(
            experiment_key=training.experiment_key,
            cycle=cycle,
            weights_key=experiments.weights_key(training, cycle),
            model_key=contains_string(f"_{experiments.model_file(training.model).stem}/model.py"),
            metric=metric,
            dataset=has_properties(table=dataset.table, intent="test"),
        ),
        "the work",
    )


@when("the stub participant scores it with {float}")
def scores(context: Context, value: float) -> None:
    """On its test rows; the submission made last has its score then."""
    scene = context.scene
    stub_participants.score(scene, scene.submissions[-1], [value])
    submissions.wait_until_settled(scene, scene.use_case, scene.trainings[-1].participant, scene.submissions[-1])


@when("the {place} environment says that it scores {float}")
def says_score(context: Context, place: str, value: float) -> None:
    """On its test rows, of the submission made last; the platform has heard that, whatever it makes of it."""
    scene = context.scene
    environment = recovery.at_place(scene, place)
    stub_participants.say_score(scene, environment, scene.submissions[-1], value)
    stub_participants.wait_until_heard(scene, scene.trainings[-1])


@when("the job that scores it ends with exit code {int} in the {place} environment")
def scoring_job_ends(context: Context, exit_code: int, place: str) -> None:
    """As its pods-monitor tells it."""
    scene = context.scene
    stub = recovery.at_place(scene, place).stub_participant
    stub.report_pod(stub_participants.ordered_scoring(stub, scene.submissions[-1]), "Failed", exit_code)


@when("the stub participant fails to score it")
def fails_to_score(context: Context) -> None:
    """Its job ends with an error."""
    scene = context.scene
    stub_participants.fail_to_score(scene, scene.submissions[-1])


@then("My Submissions of {string} shows it as Scored with {float}, of cycle {int}, submitted by {string}")
def shown_as_scored(context: Context, role: str, score: float, cycle: int, submitter: str) -> None:
    """The submission made last, as one of the team sees it."""
    scene = context.scene
    training = scene.trainings[-1]
    shown = submissions.submission(scene.use_case, scene.person(role), scene.submissions[-1])
    expected = has_entries(
        status="Scored", score=close_to(score, 1e-9), cycle=cycle, submitted_by=scene.person(submitter).email, reason=None,
        experiment_key=training.experiment_key, run_kind="training",
    )  # fmt: skip
    assert_that(shown, expected, "the submission")


@then("the leaderboard shows that {string} is ranked by the experiment of {string} and has {float} PetaFLOPs left")
def leaderboard_tells(context: Context, member: str, role: str, left: float) -> None:
    """The row of somebody's team names the experiment that ranks it."""
    scene = context.scene
    training = experiments.training_of(scene, role)
    team = teams.team_of(scene.use_case, scene.person(member))["name"]
    row = submissions.row_of(submissions.leaderboard(scene, training, scene.use_case), team)
    name = experiments.experiment(training)["name"]
    assert_that(row, has_entries(experiment_name=name, remaining_petaflops=close_to(left, 1e-9)), "the row")


@then("{string} sees the same experiments and submissions as {string}, and can open each")
def sees_the_same(context: Context, role: str, other: str) -> None:
    """What one member of a team sees, all do, whoever made it."""
    scene, key = context.scene, context.scene.use_case.key
    one, another = scene.person(role).backend, scene.person(other).backend
    own = one.experiments(key)
    assert_that(own, not_(empty()), "the experiments")
    assert_that(own, equal_to(another.experiments(key)), "the experiments")
    assert_that(one.my_submissions(key), equal_to(another.my_submissions(key)), "the submissions")
    opened = [one.experiment(row["experiment_key"]) == another.experiment(row["experiment_key"]) for row in own]
    assert_that(opened, equal_to([True] * len(own)), "whether both see the same of each experiment")


@then("{string} is shown nobody's e-mail address but the team's own")
def no_addresses(context: Context, role: str) -> None:
    """Neither in the use case nor on the leaderboard; the owner sees whom they have invited."""
    scene, key = context.scene, context.scene.use_case.key
    person = scene.person(role)
    team = teams.team_of(scene.use_case, person)["members"]
    listed = [found for found in person.backend.use_cases() if found["key"] == key]
    seen = str([person.backend.use_case(key), listed, person.backend.leaderboard(key), person.backend.experiments(key)])
    others = [each.email for each in scene.people.values() if each.email not in team]
    assert_that([address for address in others if address in seen], empty(), "the addresses that are shown")
    invited = scene.use_case.owner.backend.use_case(key)["collaborators"]
    assert_that([address for address in team if address not in invited], empty(), "whom the owner does not see as invited")
