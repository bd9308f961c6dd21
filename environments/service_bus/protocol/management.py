"""The two nodes that answer requests: `$cbs` takes tokens, `$management` of a queue does what links cannot.

Source: AMQP claims-based security, and Azure Service Bus's documented request/response operations.
"""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from ..authorization import Grants, InvalidToken, Right
from ..bus import Bus
from ..codec.message import APPLICATION_PROPERTIES, PROPERTIES, VALUE, Message, section
from ..codec.types import Array, Int, Symbol, Timestamp, Value
from ..errors import MalformedPeer, Refusal, argument_error, not_allowed, not_implemented, server_busy
from ..queues.intake import Entity
from ..queues.queue import Queue, check_receiving

log = logging.getLogger(__name__)

RECEIVE_AND_DELETE = 0
OF_SENDERS = ("com.microsoft:schedule-message", "com.microsoft:cancel-scheduled-message")

# messages and bytes in one answer
MOST_PEEKED, LARGEST_ANSWER = 1000, 4 << 20
# bytes; Source: Azure Service Bus's quota is the size of a message
LARGEST_STATE = 256 * 1024


def _reply(request: Message, properties: dict[str, Any], value: Value) -> bytes:
    message_id = (request.read_properties() or [None])[0]
    # the correlation id is the sixth property and keeps the type of the request's message id
    correlated = [None, None, None, None, None, message_id]
    return section(PROPERTIES, correlated) + section(APPLICATION_PROPERTIES, properties) + section(VALUE, value)


class TokenNode:
    """`$cbs`: a client puts a token for each entity that it is going to use."""

    def __init__(self, bus: Bus, grants: Grants) -> None:
        self._bus = bus
        self._grants = grants

    def answer(self, encoded: bytes) -> bytes:
        """The reply to one request."""
        request = Message.decode(encoded)
        status, words = 202, "Accepted"
        try:
            token = request.read_value()
            if not isinstance(token, str):
                raise InvalidToken("The token is not a string.")
            self._grants.add(self._bus.check(token))
        except InvalidToken as error:
            log.warning("refused a token: %s", error)
            status, words = 401, str(error)
        return _reply(request, {"status-code": Int(status), "status-description": words}, {})


class ManagementNode:
    """`<entity>/$management`; a topic only knows schedules."""

    def __init__(self, bus: Bus, entity: Entity, check_access: Callable[[str, Right], None]) -> None:
        """`check_access` raises Refusal if the client has no such right to a path."""
        self._bus = bus
        self._entity = entity
        self._check_access = check_access
        self._operations: dict[str, Callable[[dict[Any, Any]], dict[str, Any] | None]] = {
            "com.microsoft:renew-lock": self._renew_lock,
            "com.microsoft:update-disposition": self._update_disposition,
            "com.microsoft:schedule-message": self._schedule,
            "com.microsoft:cancel-scheduled-message": self._cancel_scheduled,
            "com.microsoft:peek-message": self._peek,
            "com.microsoft:receive-by-sequence-number": self._receive_deferred,
            "com.microsoft:renew-session-lock": self._renew_session_lock,
            "com.microsoft:get-session-state": self._session_state,
            "com.microsoft:set-session-state": self._set_session_state,
            "com.microsoft:get-message-sessions": self._sessions,
        }

    def answer(self, encoded: bytes) -> bytes:
        """The reply to one request; an empty result is status 204."""
        request = Message.decode(encoded)
        try:
            result = self._perform(request)
        except Refusal as refusal:
            said = {"statusCode": Int(refusal.status), "statusDescription": refusal.description}
            return _reply(request, {**said, "errorCondition": Symbol(refusal.condition)}, {})
        return _reply(request, {"statusCode": Int(204 if result is None else 200), "statusDescription": "OK"}, result or {})

    def _perform(self, request: Message) -> dict[str, Any] | None:
        name = request.read_application_properties().get("operation")
        operation = self._operations.get(name) if isinstance(name, str) else None
        if operation is None:
            raise not_implemented(f"operation {name}")
        self._check_access(self._entity.path, Right.SEND if name in OF_SENDERS else Right.LISTEN)
        if self._bus.faults.is_busy():
            raise server_busy()
        if isinstance(self._entity, Queue) and name not in OF_SENDERS:
            check_receiving(self._entity)
        self._entity.accessed_at = time.time()
        try:
            return operation(request.read_value())
        except (KeyError, TypeError, ValueError, AttributeError, MalformedPeer) as error:
            raise argument_error(f"The request of {name} is not valid: {error}") from error

    @property
    def _queue(self) -> Queue:
        if not isinstance(self._entity, Queue):
            raise not_allowed(f"'{self._entity.path}' is a topic: messages are in its subscriptions.")
        return self._entity

    def _renew_lock(self, request: dict[Any, Any]) -> dict[str, Any]:
        return {"expirations": Array(Timestamp(self._queue.locks.renew(token) * 1000) for token in request["lock-tokens"])}

    def _update_disposition(self, request: dict[Any, Any]) -> dict[str, Any]:
        def dead_letter(token: uuid.UUID) -> None:
            self._queue.dead_letter(token, request.get("deadletter-reason"), request.get("deadletter-description"))

        settlements: dict[str, Callable[[uuid.UUID], None]] = {
            "completed": self._queue.complete,
            "abandoned": self._queue.abandon,
            # the protocol spells it so
            "defered": self._queue.defer,
            "suspended": dead_letter,
        }
        for token in request["lock-tokens"]:
            settlements[request["disposition-status"]](token)
        return {}

    def _schedule(self, request: dict[Any, Any]) -> dict[str, Any]:
        messages = [Message.decode(entry["message"]) for entry in request["messages"]]
        return {"sequence-numbers": Array(self._entity.accept(messages))}

    def _cancel_scheduled(self, request: dict[Any, Any]) -> dict[str, Any]:
        for number in request["sequence-numbers"]:
            self._entity.cancel_scheduled(int(number))
        return {}

    def _peek(self, request: dict[Any, Any]) -> dict[str, Any] | None:
        first, count = int(request["from-sequence-number"]), min(int(request["message-count"]), MOST_PEEKED)
        found = _up_to_size(self._queue.peek(first, count, time.time(), request.get("session-id")))
        return {"messages": [{"message": message.encoded()} for message in found]} if found else None

    def _receive_deferred(self, request: dict[Any, Any]) -> dict[str, Any]:
        for_good = request.get("receiver-settle-mode") == RECEIVE_AND_DELETE
        handed_out: list[dict[str, Any]] = []
        numbers = [int(number) for number in request["sequence-numbers"]]
        for message, lock in self._queue.receive_deferred(numbers, for_good, request.get("session-id")):
            if lock is None:
                handed_out.append({"message": message.encoded()})
            else:
                handed_out.append({"lock-token": lock.token, "message": message.encoded(lock.token, lock.until)})
        return {"messages": handed_out}

    # ---- message sessions ----

    def _renew_session_lock(self, request: dict[Any, Any]) -> dict[str, Any]:
        return {"expiration": Timestamp(self._queue.sessions.renew(request["session-id"]) * 1000)}

    def _session_state(self, request: dict[Any, Any]) -> dict[str, Any]:
        return {"session-state": self._queue.sessions.known.state(request["session-id"])}

    def _set_session_state(self, request: dict[Any, Any]) -> dict[str, Any]:
        state = request["session-state"]
        if state is not None and (not isinstance(state, bytes) or len(state) > LARGEST_STATE):
            raise argument_error(f"The state of a session is at most {LARGEST_STATE} bytes.")
        self._queue.set_session_state(str(request["session-id"]), state)
        return {}

    def _sessions(self, request: dict[Any, Any]) -> dict[str, Any] | None:
        skipped, most = int(request["skip"]), int(request["top"])
        names = self._queue.sessions.known.names(request["last-updated-time"])[skipped : skipped + most]
        return {"skip": Int(skipped + len(names)), "sessions-ids": names} if names else None


def _up_to_size(messages: list[Message]) -> list[Message]:
    """As many as fit into one answer, and at least one."""
    total = 0
    for count, message in enumerate(messages):
        total += message.size
        if count and total > LARGEST_ANSWER:
            return messages[:count]
    return messages
