"""Events and dead letters as the services send them. Source: oddessentials/odd-demonstration; see `contracts`."""

import socket
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on

CONTRACT_VERSION = SERVICE_VERSION = "1.0.0"
UNKNOWN = "unknown"


def now() -> str:
    """This moment, as the contracts write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(kind: str, job: Mapping[str, Any], service: str, *, event_id: str, correlation_id: str) -> dict[str, Any]:
    """What happened to a job, in its envelope."""
    return {
        "contractVersion": CONTRACT_VERSION,
        "eventType": kind,
        "eventId": event_id,
        "occurredAt": now(),
        "producer": {"service": service, "instanceId": socket.gethostname(), "version": SERVICE_VERSION},
        "correlationId": correlation_id,
        "idempotencyKey": str(job["id"]),
        "payload": dict(job),
    }


def completion_id(created: Mapping[str, Any]) -> str:
    """The id of the event that a job is done: the same each time it is told, so that nobody counts it twice. Source: our choice."""
    return str(uuid.uuid5(uuid.UUID(str(created["payload"]["id"])), "job.completed"))


def correlation_of(message: object) -> str:
    """The correlation id of a message that may be anything."""
    found = message.get("correlationId") if isinstance(message, dict) else None
    return found if isinstance(found, str) else UNKNOWN


def dead_letter(original: object, problem: str, service: str) -> dict[str, Any]:
    """What becomes of a message that nobody can work on: it is kept, with the reason."""
    version = {} if is_on(Sabotage.DEAD_LETTER_WITHOUT_VERSION) else {"service_version": SERVICE_VERSION}
    return {
        "original_event": original,
        "validation_error": problem,
        "rejected_at": now(),
        "correlation_id": UNKNOWN if is_on(Sabotage.DEAD_LETTER_OF_NOBODY) else correlation_of(original),
        "service": service,
        **version,
    }
