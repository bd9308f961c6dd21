"""What is handed over between services: with forged tokens, and while the platform is away."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, equal_to, greater_than

from support.platforms.tracebloc.playbook import experiments, forged_tokens, proxied_stubs, recovery, refusals, submissions
from support.step_arguments import Rows, takes_table
from support.waiting import eventually


@then("weights for the job of the {place} stub participant are refused with a token that is:")
@takes_table({"token": "string", "words": "string"})
def forged_tokens_refused(context: Context, place: str, rows: Rows) -> None:
    """Each way is tried, in the name of the job that was begun."""
    scene = context.scene
    stub = proxied_stubs.at_place(scene, place)
    job = context.jobs[scene.stubs.index(stub)]
    other = next(each.client_id for each in scene.stubs if each is not stub)
    acts = forged_tokens.attempts(scene, stub, job, other)
    refusals.assert_outcomes(scene, "somebody with a forged token", acts, {row["token"]: row["words"] for row in rows})


@when("the {place} stub participant begins to score it")
def begins_to_score(context: Context, place: str) -> None:
    """It takes the work of the submission made last and begins its job."""
    scene = context.scene
    stub = proxied_stubs.at_place(scene, place)
    context.jobs = [stub.begin_job(proxied_stubs.take_work(scene, stub))]


@when("the job of the {place} stub participant scores it with {float}")
def job_scores(context: Context, place: str, value: float) -> None:
    """On all its test rows; the submission made last has its score then."""
    scene = context.scene
    stub = proxied_stubs.at_place(scene, place)
    context.jobs[scene.stubs.index(stub)].requests_proxy.score(stub.rows["test"], value)
    submissions.wait_until_settled(scene, scene.use_case, scene.trainings[-1].participant, scene.submissions[-1])


@then("the job of the {place} stub participant is refused these reports:")
@takes_table({"report": "string", "words": "string"})
def reports_refused(context: Context, place: str, rows: Rows) -> None:
    """Each is made alone, with the job's own token."""
    scene = context.scene
    job = context.jobs[scene.stubs.index(proxied_stubs.at_place(scene, place))]
    acts = forged_tokens.wrong_reports(job)
    refusals.assert_outcomes(scene, "the job", acts, {row["report"]: row["words"] for row in rows})


@when("the training job ends in the secure environment")
def job_ends(context: Context) -> None:
    """As its own cluster shows it, whether or not the platform has heard of it."""
    scene = context.scene
    labels = {"tracebloc.io/experiment": scene.trainings[-1].experiment_key}
    with scene.story.part("the training job ends"):
        eventually(
            "the training job to end",
            lambda: [pod.phase for pod in scene.environments[-1].client.cluster.pods(labels)],
            equal_to(["Succeeded"]),
        )


@then("cycle {int} shows all epochs and all rows once, and a cost that is the job's alone")
def nothing_lost_or_twice(context: Context, cycle: int) -> None:
    """What was told while the platform was away has all arrived, and nothing of it twice."""
    scene, training = context.scene, context.scene.trainings[-1]
    (dataset,) = scene.use_case.datasets_for("train")
    shown = experiments.cycle_result(training, cycle)
    expected = [(number, dataset.environment.client_id) for number in range(1, training.epochs + 1)]
    assert_that([(epoch["epoch"], epoch["client_id"]) for epoch in shown["epochs"]], equal_to(expected), "the epochs")
    assert_that(shown["rows"], equal_to({dataset.environment.client_id: dataset.rows - experiments.rows_kept_back(dataset)}), "the rows")
    (cost,) = recovery.wait_for_costs(training, jobs=1).values()
    assert_that(cost, greater_than(0), "what the job cost")
    assert_that(experiments.experiment(training)["petaflops"], close_to(cost, 1e-15), "what the experiment cost")
