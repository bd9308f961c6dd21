"""What a worker writes down of a scenario is read as it was, and is cheap to read."""

import pickle
import pickletools
import socket
from dataclasses import replace

import pytest

from support.results.identity import Identity
from support.results.scenario_result import (
    AllureParameter,
    Attachment,
    Captured,
    Failure,
    PartResult,
    Quarantine,
    ScenarioResult,
    Status,
    StepResult,
    ToldAllure,
    Weight,
)
from support.runner.workers.plain_results import plain_result, plain_step, result_of, step_of
from support.runner.workers.wire import Channel, channel_pair
from support.story import PartOutcome

STEP = StepResult("Given a thing", Status.PASSED, seconds=0.25, started_at=1.5e9, location="features/a.feature:3")
FAILED = StepResult(
    "Then it is there",
    Status.FAILED,
    "it is gone",
    1.0,
    1.5e9,
    "features/a.feature:4",
    "a text",
    (("heading",), ("cell",)),
    Failure("it is gone", "AssertionError", "gone"),
    (PartResult("looked", PartOutcome.FAILED, 0.5, 1.5e9),),
    (Attachment("a picture", "a.png", "image/png"),),
)
RESULT = ScenarioResult(
    identity=Identity("features/a.feature", "a scenario", "a rule", "row=1", 2),
    name="a scenario",
    keyword="Scenario",
    location="features/a.feature:2",
    feature="a feature",
    tags=("p1", "ring1"),
    own_tags=("p1",),
    description="",
    parameters=(("row", "1"),),
    weight=Weight.WARNS,
    status=Status.PASSED,
    steps=(STEP, replace(STEP, sentence="When it happens", location="features/a.feature:5")),
)
RICH = replace(
    RESULT,
    status=Status.FAILED,
    quarantine=Quarantine("1", "2030-01-31"),
    failure=FAILED.failure,
    captured=Captured("printed"),
    told_allure=ToldAllure("title", parameters=(AllureParameter("a", "b"),)),
    attachments=FAILED.attachments,
    steps=(STEP, FAILED),
)


@pytest.mark.parametrize("step", [STEP, FAILED])
def test_a_step_is_read_as_it_was(step: StepResult) -> None:
    read = step_of(pickle.loads(pickle.dumps(plain_step(step))))  # noqa: S301 - made here
    assert read == step
    assert read.status is step.status


@pytest.mark.parametrize("result", [RESULT, RICH])
def test_a_scenario_is_read_as_it_was_with_the_steps_that_were_read_before(result: ScenarioResult) -> None:
    plain = pickle.loads(pickle.dumps(plain_result(result, result.steps[1:])))  # noqa: S301 - made here
    read = result_of(plain, result.steps[:1])
    assert read == result
    assert (read.status, read.weight) == (result.status, result.weight)
    assert read.weight is result.weight


def test_reading_what_most_scenarios_have_looks_up_no_class() -> None:
    written = pickle.dumps((plain_result(RESULT, RESULT.steps), plain_step(STEP)), pickle.HIGHEST_PROTOCOL)
    assert not {opcode.name for opcode, _, _ in pickletools.genops(written)} & {"GLOBAL", "STACK_GLOBAL"}


def pair() -> tuple[Channel, Channel]:
    ours, theirs = channel_pair()
    return ours, Channel(theirs)


def test_a_message_of_a_kind_is_found_behind_others_that_are_received_later() -> None:
    runner, worker = pair()
    runner.send("run", 1)
    runner.send("run", 2)
    runner.send("budget", "is used up")
    assert worker.receive() == ("run", 1)
    assert worker.receive_next("budget") == ("budget", "is used up")
    assert worker.has_message()
    assert worker.receive() == ("run", 2)
    assert not worker.has_message()
    runner.close()
    assert worker.has_message()
    with pytest.raises(EOFError):
        worker.receive()
    worker.close()


def test_a_message_longer_than_what_is_read_at_once_comes_whole() -> None:
    runner, worker = pair()
    runner._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    runner.send("run", "x" * 200_000)
    assert worker.receive() == ("run", "x" * 200_000)
    runner.close()
    worker.close()
