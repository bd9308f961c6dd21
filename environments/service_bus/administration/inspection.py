"""A look inside, as plain data: what waits where, what is locked and until when, what was given up and why."""

import time
from typing import Any

from ..bus import Bus
from ..codec.message import MESSAGE_ID, Message
from ..entities.catalogue import kind_of
from ..errors import MalformedPeer
from ..queues.intake import Entity
from ..queues.lines import Lock
from ..queues.queue import DEAD_LETTERS, Queue

# of each kind, so that a look never takes long
MOST_SHOWN = 100


def inspect(bus: Bus) -> dict[str, Any]:
    """The state of the bus; times in seconds since 1970, sizes in bytes. Source: our choice."""
    memory, faults = bus.namespace.shared.memory, bus.faults
    to_lose = [{"what": what, "entity": path, "count": count} for (what, path), count in faults.to_lose.items()]
    entities = [entity for entity in bus.namespace.every_entity() if not entity.path.endswith(DEAD_LETTERS)]
    return {
        "memory": {"used": memory.used, "limit": memory.limit},
        "faults": {"busy": sorted(faults.busy), "silent": faults.silent, "slow_seconds": faults.slow_seconds, "to_lose": to_lose},
        "entities": [_entity(entity) for entity in sorted(entities, key=lambda entity: entity.path)],
    }


def _entity(entity: Entity) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": entity.path, "kind": kind_of(entity), "status": entity.options.status}
    shown |= {"bytes": entity.bytes_kept, "scheduled": len(entity.scheduled)}
    if isinstance(entity, Queue):
        dead, transfer = entity.dead_letters, entity.transfer_dead_letters
        shown |= {
            "waiting": entity.dispatch.waiting,
            "locked": len(entity.locks),
            "deferred": len(entity.deferred),
            "dead_letters": dead.message_count if dead else 0,
            "transfer_dead_letters": transfer.message_count if transfer else 0,
            "locks": [_lock(lock) for lock in list(entity.locks)[:MOST_SHOWN]],
            "dead": [_dead(message) for message in dead.peek(0, MOST_SHOWN, time.time())] if dead else [],
            "sessions": [{"id": held.session_id, "until": held.locked_until} for held in entity.sessions.known.locked()],
        }
    return shown


def _lock(lock: Lock) -> dict[str, Any]:
    until = lock.session.locked_until if lock.session else lock.until
    return _message(lock.message) | {"until": until, "session": lock.session.session_id if lock.session else None}


def _dead(message: Message) -> dict[str, Any]:
    try:
        properties = message.read_application_properties()
    except MalformedPeer:
        properties = {}
    said = {"reason": properties.get("DeadLetterReason"), "description": properties.get("DeadLetterErrorDescription")}
    return _message(message) | {name: None if words is None else str(words) for name, words in said.items()}


def _message(message: Message) -> dict[str, Any]:
    try:
        message_id = message.read_property(MESSAGE_ID)
    except MalformedPeer:
        message_id = None
    return {
        "sequence_number": message.sequence_number,
        "message_id": None if message_id is None else str(message_id),
        "delivery_count": message.delivery_count,
        "enqueued_at": message.enqueued_at,
        "bytes": len(message.bare),
    }
