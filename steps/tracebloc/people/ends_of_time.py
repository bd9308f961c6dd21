"""What is over when its time is up: codes, models, the day of submissions."""

from collections import Counter
from datetime import datetime

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to

from support.platforms.tracebloc.playbook.secure_environments import command_line, stub_participants
from support.platforms.tracebloc.playbook.secure_environments.command_line import Machine
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import refusals


@when("a stub participant, whose clock is the people's, takes the part of the registered secure environment")
def takes_part_by_the_clock(context: Context) -> None:
    """Logs in as the environment registered last, and says all it says at the scenario's time."""
    scene = context.scene
    stub_participants.connect(scene, scene.environments[-1], scene.clock)


@then("the login of the secure environment holds")
def login_holds(context: Context) -> None:
    """What it says with that login is taken."""
    context.scene.environments[-1].stub_participant.heartbeat(stub_participants.HEARTBEAT_SECONDS)


@when("the owner's other command line shows a sign-in code")
def another_code(context: Context) -> None:
    """It is the one that is meant from now on."""
    command_line.begin_sign_in(context.scene)


@then("the owner can no longer approve the code: {string}")
def cannot_approve(context: Context, words: str) -> None:
    """The owner types it in the browser, and it is not taken."""
    scene = context.scene
    owner, code = scene.person("the owner"), scene.kept(Machine).code.user_code
    told = refusals.outcome(lambda: owner.backend.decide_device_code(code, approve=True))
    assert_that(told, equal_to(words), "what the platform says")


@then("the command line is told that the code has expired")
def told_of_expiry(context: Context) -> None:
    """It has to begin anew."""
    machine = context.scene.kept(Machine)
    command_line.ask(context.scene, machine)
    assert_that(machine.told, equal_to("expired_token"), "what the command line is told")


@then('{string} can fetch the kept "{model}", as it was uploaded')
def can_fetch(context: Context, role: str, model: str) -> None:
    """Byte by byte."""
    file = experiments.model_file(model)
    # compared first: nobody wants to read bytes in a report
    fetched = context.scene.person(role).backend.kept_model(file.stem) == file.read_bytes()
    assert_that(fetched, equal_to(True), "whether what was fetched is what was uploaded")


@then('{string} can no longer fetch the kept "{model}": {string}')
def cannot_fetch(context: Context, role: str, model: str, words: str) -> None:
    """It is kept for a day only."""
    backend = context.scene.person(role).backend
    told = refusals.outcome(lambda: backend.kept_model(experiments.model_file(model).stem))
    assert_that(told, equal_to(words), "what the platform says")


@then("My Submissions of {string} shows {int} of one day and {int} of the next")
def of_two_days(context: Context, role: str, first: int, second: int) -> None:
    """By the dates (UTC) that the platform shows."""
    scene = context.scene
    shown = scene.person(role).backend.my_submissions(scene.use_case.key)
    days = Counter(datetime.fromisoformat(row["created_at"]).date() for row in shown)
    assert_that([days[day] for day in sorted(days)], equal_to([first, second]), "submissions by day")
