"""Jobs as scenarios submit them, and what is heard of them. Source: the project's contracts."""

import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx
from hamcrest import assert_that, equal_to, greater_than, has_length

from support.platforms.observatory.clients.store import PASSING
from support.platforms.observatory.scene import Scene, Submission
from support.waiting import eventually


def new(scene: Scene, **changes: Any) -> dict[str, Any]:
    """A job that the contract allows, with a name of this scenario's own."""
    created = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "id": str(uuid.uuid4()),
        "type": scene.names.unique("job"),
        "status": "PENDING",
        "payload": {"note": "made by a scenario"},
        "createdAt": created,
        **changes,
    }


def submit(scene: Scene, **changes: Any) -> Submission:
    """Submit a job; the answer may be anything."""
    job = new(scene, **changes)
    submission = Submission(job, scene.gateway.submit(job))
    scene.submissions.append(submission)
    return submission


def accepted(scene: Scene, **changes: Any) -> Submission:
    """Submit a job that has to be accepted."""
    submission = submit(scene, **changes)
    assert_that(submission.answer.status_code, equal_to(HTTPStatus.ACCEPTED), "the gateway's answer")
    return submission


def reach(scene: Scene, job: str, status: str, within: float = 15.0) -> None:
    """Wait until the store knows that a job got so far. Raises NeverHappened."""
    eventually(f"job {job} to be {status}", lambda: scene.store.status(job), equal_to(status), within, PASSING)


def events(scene: Scene, job: str, kind: str, within: float = 15.0) -> list[dict[str, Any]]:
    """Wait until an event of that kind is told of a job, and give all of that kind. Raises NeverHappened."""

    def told() -> list[dict[str, Any]]:
        return [event for event in scene.read_model.events(job) if event.get("eventType") == kind]

    return eventually(f"an event {kind} of job {job}", told, has_length(greater_than(0)), within, (httpx.HTTPError,))
