"""What is handed over between services: with forged tokens, and while the platform is away."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_exactly, contains_string, equal_to, greater_than, has_length, has_properties

from support.platforms.tracebloc.clients.proxied_stub import canned_weights
from support.platforms.tracebloc.playbook.faults import recovery, service_bus, services
from support.platforms.tracebloc.playbook.in_process import hand_overs
from support.platforms.tracebloc.playbook.secure_environments import proxied_stubs, stub_participants
from support.platforms.tracebloc.playbook.security import forged_tokens
from support.platforms.tracebloc.playbook.training import experiments, participants
from support.platforms.tracebloc.playbook.use_cases import refusals, submissions
from support.platforms.tracebloc.scene import Training
from support.step_arguments import Rows, takes_table
from support.waiting import eventually

A_USUAL_INTERVAL = 30.0


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


@when("the platform answers the next reports of jobs with {string}")
def answers_reports(context: Context, words: str) -> None:
    """One after the other; what comes after them is taken."""
    context.gateway = context.scene.new_gateway()
    context.gateway.answer_first(hand_overs.REPORTS, hand_overs.answers(words))


@when("the pods-monitor reports that the job of cycle {int} failed with exit code {int}")
def reports_failure(context: Context, cycle: int, exit_code: int) -> None:
    """Of the environment that is Online, in its latest attempt."""
    scene = context.scene
    environment = scene.environments[-1]
    work = stub_participants.ordered_cycle(environment.stub_participant, scene.trainings[-1], cycle)
    with scene.story.part("the pods-monitor reports the end of the job") as part:
        hand_overs.report(environment, context.gateway, work, exit_code)
        part.detail = f"{context.gateway.asked} times in vain"


@then("it was told in vain {int} times, and then taken")
def told_in_vain(context: Context, times: int) -> None:
    """Each time the platform did not take it."""
    assert_that(context.gateway.asked, equal_to(times), "how often it was told in vain")


@then("it was told in vain once, and given up")
def told_once(context: Context) -> None:
    """Telling it again would not help, and others wait."""
    assert_that(context.gateway.asked, equal_to(1), "how often it was told in vain")


@then("{string} sees the job of cycle {int} as Failed: {string}")
def sees_failed_job(context: Context, role: str, cycle: int, words: str) -> None:
    """In its first attempt, with its exit code in words."""
    scene = context.scene
    shown = scene.person(role).backend.experiment(scene.trainings[-1].experiment_key)["pods"]
    told = [(pod["phase"], pod["attempt"], pod["reason"]) for pod in shown if pod["cycle"] == cycle]
    assert_that(told, contains_exactly(contains_exactly("Failed", 1, contains_string(words))), f"the jobs of cycle {cycle}")


@then("the jobs-manager, asking whether the experiment is wanted, takes these answers so:")
@takes_table({"answer": "string", "taken for": "string"})
def takes_answers(context: Context, rows: Rows) -> None:
    """Each answer alone; its own is what the platform really says."""
    scene = context.scene
    taken_for = hand_overs.is_wanted(scene, scene.environments[-1], scene.trainings[-1].experiment_key)
    told = {row["answer"]: taken_for(row["answer"]) for row in rows}
    assert_that(told, equal_to({row["answer"]: row["taken for"] for row in rows}), "what the answers are taken for")


@then("the jobs-manager, told to stop the experiment, ends these jobs:")
@takes_table({"job of": "string", "kind": "word", "phase": "word", "ended": "word"})
def ends_jobs(context: Context, rows: Rows) -> None:
    """Of the jobs in its secure environment, which are written down here."""
    scene = context.scene
    key = scene.trainings[-1].experiment_key
    jobs = [
        {"experiment": key if row["job of"] == "the experiment" else f"{key}-other", "kind": row["kind"], "phase": row["phase"]}
        for row in rows
    ]
    ended = hand_overs.ended_by_stopping(scene.environments[-1], key, jobs)
    told = [{**row, "ended": "yes" if end else "no"} for row, end in zip(rows, ended, strict=True)]
    assert_that(told, equal_to(rows), "the jobs that it ends")


@then("a training job that asks for its work takes these answers so:")
@takes_table({"answers": "string", "taken for": "string"})
def job_takes_answers(context: Context, rows: Rows) -> None:
    """One after the other; `nothing` is a connection that breaks."""
    told = [{**row, "taken for": hand_overs.taken_by_a_job(context.scene, row["answers"])} for row in rows]
    assert_that(told, equal_to(rows), "what the answers are taken for")


@when("the resource-monitor is heard from, and says that it will be again in {float} second/seconds")
def resource_monitor_heard(context: Context, seconds: float) -> None:
    """It measures the machine that it runs on, in this process."""
    scene = context.scene
    assert_that(hand_overs.send_heartbeat(scene, scene.environments[-1], seconds), equal_to(True), "whether the platform took it")


@when("the resource-monitor is heard from after one of the processors was busy for {float} seconds")
def heard_from_busy(context: Context, seconds: float) -> None:
    """With the work of this process; others may keep the machine busy, too."""
    scene = context.scene
    taken = hand_overs.send_heartbeat(scene, scene.environments[-1], A_USUAL_INTERVAL, seconds)
    assert_that(taken, equal_to(True), "whether the platform took it")


@then("the owner sees that at least one of the processors was busy")
def sees_busy(context: Context) -> None:
    """In percent of all the processors; logging in and sending take time, too, so half of one processor is enough."""
    environment = context.scene.environments[-1]
    shown = environment.owner.backend.secure_environment(environment.identity)
    least = 50.0 / shown["cpu_count"]
    assert_that(least <= shown["cpu_percent"] <= 100, equal_to(True), f"whether {shown['cpu_percent']} % are {least} to 100")


@then("the jobs-manager gives each of {int} ingestions a login of its own")
def logins_of_ingestions(context: Context, number: int) -> None:
    """None is the one that it has itself, which may end at any moment."""
    scene = context.scene
    given = hand_overs.logins_of_ingestions(scene, scene.environments[-1], number)
    assert_that(len(given), equal_to(number), "different logins")


@then("the secure environment is heard from again")
def heard_again(context: Context) -> None:
    """Another heartbeat comes than the one heard last."""
    environment = context.scene.environments[-1]
    before = environment.owner.backend.secure_environment(environment.identity)["last_info_update"]
    eventually(
        "another heartbeat",
        lambda: environment.owner.backend.secure_environment(environment.identity)["last_info_update"],
        greater_than(before),
    )


@when("{string} starts an experiment, and the backend is killed before its work is sent")
def killed_while_sending(context: Context, role: str) -> None:
    """The experiment is there by then; whoever started it gets no answer."""
    scene = context.scene
    person = scene.person(role)
    model = person.backend.keep_model(experiments.model_file("weak linear"))["model_name"]

    def start() -> None:
        # the answer never comes
        with suppress(httpx.HTTPError):
            person.backend.start_experiment(scene.use_case.training_dataset_key, model, scene.names.unique("experiment"))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(start)
        (row,) = eventually("the experiment", lambda: person.backend.experiments(scene.use_case.key), has_length(1))
        services.kill(scene, "backend")
    scene.trainings.append(Training(person, "weak linear", row["experiment_key"], epochs=1, cycles=1))


@given("the Service Bus says nothing")
def says_nothing(context: Context) -> None:
    """Connections are taken and stay open, and nobody gets an answer."""
    service_bus.begin_fault(context.scene, "silent")


@when("the Service Bus answers again")
def answers_again(context: Context) -> None:
    """Those who wait for it hear it, and the stub participants begin anew."""
    service_bus.be_reachable_again(context.scene, "silent")


@when("the job tells what it cost, and cannot hand in its weights")
def cannot_hand_in(context: Context) -> None:
    """What it cost is told first, and does not need the object store."""
    recovery.wait_for_costs(context.scene.trainings[-1], jobs=1)


@then("a job that hands in weights is told that the queues are away")
def weights_without_queues(context: Context) -> None:
    """They are kept, and nobody has been told: the job has to come back."""
    job = context.jobs[0]
    refusal = participants.refusal_of(lambda: job.requests_proxy.weights(canned_weights(seed=1), 1, {}, flops=1, grams_co2e=0.0))
    assert_that(refusal, has_properties(status=503, code="QUEUE_UNAVAILABLE"), "what the job was told")
