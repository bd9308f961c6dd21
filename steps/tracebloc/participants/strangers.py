"""Secure environments that speak of experiments they take no part in."""

from behave import then
from behave.runner import Context
from hamcrest import all_of, any_of, assert_that, close_to, contains_string, equal_to, has_entries, has_item, has_properties, only_contains

from environments.platforms.tracebloc.messaging.messages import AVERAGING_QUEUE, FLOPS_QUEUE, RESULTS_QUEUE
from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.secure_environments import strangers
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import naming, refusals, submissions
from support.step_arguments import Rows, takes_table
from support.waiting import eventually

QUEUES = {"an epoch": RESULTS_QUEUE, "a cost": FLOPS_QUEUE, "weights": AVERAGING_QUEUE, "a score": RESULTS_QUEUE}


@then("what the {place} environment reports of {experiment} is put aside:")
@takes_table({"report": "string", "words": "string"})
def is_put_aside(context: Context, place: str, name: str, rows: Rows) -> None:
    """Each report is made over its own queues, and is a dead letter that says why; the end of a job is refused at once."""
    scene = context.scene
    environment, training = recovery.at_place(scene, place), naming.experiment(scene, name)
    acts = strangers.reports(scene, environment, training)
    for row in rows:
        told = refusals.outcome(acts[row["report"]])
        if row["report"] not in QUEUES:
            assert_that(told, contains_string(row["words"]), f"what the platform says to {row['report']}")
            continue
        about_it = any_of(contains_string(environment.client_id), contains_string(training.experiment_key))
        description = all_of(about_it, contains_string(row["words"]))
        letters = has_item(has_properties(reason="PoisonMessage", description=description))
        eventually(f"{row['report']} to be put aside", lambda row=row: scene.service_bus.dead_letters(QUEUES[row["report"]]), letters)


@then("the {place} environment cannot ask for {experiment}: {string}")
def cannot_ask(context: Context, place: str, name: str, words: str) -> None:
    """It is as if the experiment were not there."""
    scene = context.scene
    environment, training = recovery.at_place(scene, place), naming.experiment(scene, name)
    told = refusals.outcome(lambda: environment.stub_participant.state_of(training.experiment_key))
    assert_that(told, equal_to(words), "what the platform says")


@then("{experiment} shows nothing of the {place} environment")
def shows_nothing(context: Context, name: str, place: str) -> None:
    """No job, no epoch, no cost and no score; the submission waits for those who have the data."""
    scene = context.scene
    training, client_id = naming.experiment(scene, name), recovery.at_place(scene, place).client_id
    shown = experiments.experiment(training)
    assert_that(client_id in str(shown), equal_to(False), "whether the environment is named anywhere")
    assert_that(shown, has_entries(petaflops=close_to(0, 1e-12), grams_co2e=close_to(0, 1e-12)), "what it cost")
    assert_that([cycle["status"] for cycle in shown["cycle_results"]], only_contains("Completed", "Running"), "the cycles")
    mine = submissions.submission(scene.use_case, training.participant, scene.submissions[-1])
    assert_that(mine, has_entries(status="Pending", score=None), "the submission")
