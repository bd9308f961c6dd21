"""The two nodes that answer requests: `$cbs` takes tokens, `$management` of a queue does what links cannot.

Source: AMQP claims-based security, and Azure Service Bus's documented request/response operations.
"""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from .authorization import Grants, InvalidToken, SharedAccessKey
from .entities import Queue
from .errors import MalformedPeer, Refusal, not_implemented
from .message import APPLICATION_PROPERTIES, PROPERTIES, VALUE, Message, section
from .types import Array, Int, Symbol, Timestamp, Value

log = logging.getLogger(__name__)

RECEIVE_AND_DELETE = 0


def _reply(request: Message, properties: dict[str, Any], value: Value) -> bytes:
    message_id = (request.read_properties() or [None])[0]
    # the correlation id is the sixth property and keeps the type of the request's message id
    correlated = [None, None, None, None, None, message_id]
    return section(PROPERTIES, correlated) + section(APPLICATION_PROPERTIES, properties) + section(VALUE, value)


class TokenNode:
    """`$cbs`: a client puts a token for each entity that it is going to use."""

    def __init__(self, access_key: SharedAccessKey, grants: Grants) -> None:
        self._access_key = access_key
        self._grants = grants

    def answer(self, encoded: bytes) -> bytes:
        """The reply to one request."""
        request = Message.decode(encoded)
        status, words = 202, "Accepted"
        try:
            token = request.read_value()
            if not isinstance(token, str):
                raise InvalidToken("The token is not a string.")
            self._grants.add(self._access_key.check(token))
        except InvalidToken as error:
            log.warning("refused a token: %s", error)
            status, words = 401, str(error)
        return _reply(request, {"status-code": Int(status), "status-description": words}, {})


class ManagementNode:
    """`<queue>/$management`."""

    def __init__(self, queue: Queue, now: Callable[[], float]) -> None:
        self._queue = queue
        self._now = now
        self._operations: dict[str, Callable[[dict[Any, Any]], dict[str, Any] | None]] = {
            "com.microsoft:renew-lock": self._renew_lock,
            "com.microsoft:update-disposition": self._update_disposition,
            "com.microsoft:schedule-message": self._schedule,
            "com.microsoft:cancel-scheduled-message": self._cancel_scheduled,
            "com.microsoft:peek-message": self._peek,
            "com.microsoft:receive-by-sequence-number": self._receive_deferred,
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
        try:
            return operation(request.read_value())
        except (KeyError, TypeError, ValueError, AttributeError, MalformedPeer) as error:
            raise Refusal("com.microsoft:argument-error", f"The request of {name} is not valid: {error}") from error

    def _renew_lock(self, request: dict[Any, Any]) -> dict[str, Any]:
        return {"expirations": Array(Timestamp(self._queue.renew(token) * 1000) for token in request["lock-tokens"])}

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
        return {"sequence-numbers": Array([self._queue.put(message) for message in messages])}

    def _cancel_scheduled(self, request: dict[Any, Any]) -> dict[str, Any]:
        for number in request["sequence-numbers"]:
            self._queue.cancel_scheduled(int(number))
        return {}

    def _peek(self, request: dict[Any, Any]) -> dict[str, Any] | None:
        found = self._queue.peek(int(request["from-sequence-number"]), int(request["message-count"]), self._now())
        return {"messages": [{"message": message.encoded()} for message in found]} if found else None

    def _receive_deferred(self, request: dict[Any, Any]) -> dict[str, Any]:
        for_good = request.get("receiver-settle-mode") == RECEIVE_AND_DELETE
        handed_out: list[dict[str, Any]] = []
        for message, lock in self._queue.receive_deferred([int(number) for number in request["sequence-numbers"]], for_good):
            if lock is None:
                handed_out.append({"message": message.encoded()})
            else:
                handed_out.append({"lock-token": lock.token, "message": message.encoded(lock.token, lock.until)})
        return {"messages": handed_out}
