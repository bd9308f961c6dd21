"""Schemas and messages: formats count, everything wrong is told, and what is told again is told the same."""

import uuid
from typing import Any

import pytest

from environments.platforms.observatory import contracts, messages

JOB: dict[str, Any] = {
    "id": "7d444840-9dc0-11d1-b245-5ffdce74fad2",
    "type": "mail",
    "status": "PENDING",
    "createdAt": "2026-01-31T12:00:00.000Z",
}


def an_event(**changes: Any) -> dict[str, Any]:
    made = messages.event("job.created", JOB, "gateway", event_id=str(uuid.uuid4()), correlation_id=str(uuid.uuid4()))
    return made | changes


def test_what_the_services_send_is_what_the_contract_allows() -> None:
    assert contracts.event_problems(an_event()) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"id": "7d444840-9dc0-11d1-b245"}, "/id"),
        ({"createdAt": "2026-02-30T12:00:00Z"}, "/createdAt"),
        ({"createdAt": "yesterday"}, "/createdAt"),
        ({"status": "ASLEEP"}, "/status"),
        ({"payload": []}, "/payload"),
    ],
)
def test_a_job_is_held_to_its_schema_and_its_formats(changes: dict[str, Any], path: str) -> None:
    assert [found for found, _ in contracts.problems("job", JOB | changes)] == [path]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = contracts.problems("job", {"id": "x", "status": 7, "createdAt": JOB["createdAt"]})
    assert {path for path, _ in found} == {"/", "/id", "/status"}


def test_the_job_in_an_event_is_told_by_its_path() -> None:
    found = contracts.event_problems(an_event(payload=JOB | {"id": "x"}))
    assert [path for path, _ in found] == ["/payload/id"]


def test_a_completion_that_is_told_again_has_the_same_id() -> None:
    created = an_event()
    assert messages.completion_id(created) == messages.completion_id(an_event())
    assert messages.completion_id(created) != created["eventId"]
    assert contracts.is_uuid(messages.completion_id(created))


@pytest.mark.parametrize("original", [None, [], "text", {"correlationId": 7}])
def test_a_dead_letter_can_be_made_of_anything(original: object) -> None:
    letter = messages.dead_letter(original, "not an event", "processor")
    assert (letter["original_event"], letter["correlation_id"]) == (original, "unknown")
    assert set(letter) == {"original_event", "validation_error", "rejected_at", "correlation_id", "service", "service_version"}
