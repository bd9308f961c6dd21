"""Jobs as scenarios submit them, and what is heard of them. Source: the project's contracts."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx
from hamcrest import assert_that, equal_to, greater_than, has_length

from environments.platforms.observatory.queues import DEAD_LETTERS
from support.platforms.observatory.clients import store
from support.platforms.observatory.clients.broker import PASSING
from support.platforms.observatory.scene import Scene, Submission
from support.waiting import eventually

COMPLETED = "job.completed"
DEAD_LETTER_FIELDS = {"original_event", "validation_error", "rejected_at", "correlation_id", "service", "service_version"}


def now() -> str:
    """This moment, as the contracts write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new(scene: Scene, **changes: Any) -> dict[str, Any]:
    """A job that the contract allows, of a kind of this scenario's own."""
    return {
        "id": str(uuid.uuid4()),
        "type": scene.kind,
        "status": "PENDING",
        "payload": {"note": scene.names.unique("note")},
        "createdAt": now(),
        **changes,
    }


def submit(scene: Scene, job: object, headers: Mapping[str, str] | None = None) -> Submission:
    """Submit a job; the answer may be anything."""
    submission = Submission(job if isinstance(job, dict) else {}, scene.gateway.submit(job, headers))
    scene.submissions.append(submission)
    return submission


def accepted(scene: Scene, **changes: Any) -> Submission:
    """Submit a job that has to be accepted."""
    submission = submit(scene, new(scene, **changes))
    assert_that(submission.answer.status_code, equal_to(HTTPStatus.ACCEPTED), "the gateway's answer")
    return submission


def event(job: Mapping[str, Any], kind: str, **changes: Any) -> dict[str, Any]:
    """What happened to a job, as the contract allows it."""
    return {
        "contractVersion": "1.0.0",
        "eventType": kind,
        "eventId": str(uuid.uuid4()),
        "occurredAt": now(),
        "producer": {"service": "scenario", "instanceId": "1", "version": "1.0.0"},
        "correlationId": str(uuid.uuid4()),
        "idempotencyKey": str(job.get("id")),
        "payload": dict(job),
        **changes,
    }


def reach(scene: Scene, job: str, status: str, within: float = 20.0) -> None:
    """Wait until the store knows that a job got so far. Raises NeverHappened."""
    eventually(f"job {job} to be {status}", lambda: scene.store.status(job), equal_to(status), within, store.PASSING)


def events(scene: Scene, job: str, kind: str = COMPLETED, within: float = 20.0) -> list[dict[str, Any]]:
    """Wait until an event of that kind is told of a job, and give all of that kind. Raises NeverHappened."""

    def told() -> list[dict[str, Any]]:
        return [each for each in scene.read_model.events(job) if each.get("eventType") == kind and each["payload"]["id"] == job]

    return eventually(f"an event {kind} of job {job}", told, has_length(greater_than(0)), within, (httpx.HTTPError,))


def dead_letter(scene: Scene, marker: str) -> dict[str, Any]:
    """Wait for the dead letter of a message that has a marker in it, and take it. Raises NeverHappened."""
    seen: list[dict[str, Any]] = []

    def look() -> list[dict[str, Any]]:
        seen.extend(scene.broker.take(DEAD_LETTERS, lambda letter: marker in str(letter)))
        return seen

    found = eventually(f"a dead letter with {marker}", look, has_length(greater_than(0)), 20.0, PASSING)
    assert_that(found, has_length(1), "the dead letters")
    assert_that(set(found[0]), equal_to(DEAD_LETTER_FIELDS), "the fields of the dead letter")
    return found[0]


def readable(message: bytes) -> object:
    """A message as a dead letter has it: what it says, or its text where that cannot be read."""
    try:
        return json.loads(message)
    except ValueError:
        return message.decode("utf-8", "replace")


def moment(text: str) -> datetime:
    """A moment as the contracts write it."""
    return datetime.fromisoformat(text)
