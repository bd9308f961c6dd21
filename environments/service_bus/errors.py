"""What can go wrong: refusals that Service Bus gives its clients, and peers that do not speak AMQP."""


class MalformedPeer(Exception):
    """The peer sent what AMQP 1.0 or WebSocket does not allow; its connection is cut off."""


class Refusal(Exception):
    """An error answer of Service Bus: its AMQP condition, words, and the status code `$management` gives for it."""

    def __init__(self, condition: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.condition = condition
        self.description = description
        self.status = status


def entity_not_found(path: str) -> Refusal:
    """No queue has this path."""
    return Refusal("amqp:not-found", f"The messaging entity '{path}' could not be found.", 404)


def unauthorized(path: str) -> Refusal:
    """No valid token for this path was put on `$cbs`."""
    return Refusal("amqp:unauthorized-access", f"Unauthorized access: no valid token was put for '{path}'.", 401)


def right_required(right: str, path: str) -> Refusal:
    """The token is valid, and its key does not give this right."""
    return Refusal("amqp:unauthorized-access", f"Unauthorized access: '{right}' claim(s) are required for '{path}'.", 401)


def entity_disabled(what: str, path: str) -> Refusal:
    """The status of the entity does not allow it; `what` is sending to or receiving from."""
    return Refusal("com.microsoft:entity-disabled", f"{what} '{path}' is disabled: change the status of the messaging entity.", 403)


def not_allowed(words: str) -> Refusal:
    """The operation is known and cannot be done here."""
    return Refusal("amqp:not-allowed", words)


def not_implemented(what: str) -> Refusal:
    """The operation is not known here."""
    return Refusal("amqp:not-implemented", f"Not implemented: {what}.", 501)


def message_lock_lost() -> Refusal:
    """The lock token names no lock that still holds."""
    words = "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue."
    return Refusal("com.microsoft:message-lock-lost", words, 410)


def message_not_found(sequence_number: int) -> Refusal:
    """No scheduled or deferred message has this sequence number."""
    return Refusal("com.microsoft:message-not-found", f"The message with sequence number {sequence_number} was not found.", 404)


def message_too_large(limit: int) -> Refusal:
    """The message is longer than `limit` bytes."""
    return Refusal("amqp:link:message-size-exceeded", f"The message exceeds the limit of {limit} bytes.")


def session_id_required(path: str) -> Refusal:
    """A message without a session was sent to an entity that requires sessions."""
    return not_allowed(f"The SessionId was not set on a message, and it cannot be sent to the entity '{path}', which requires sessions.")


def session_cannot_be_locked(session_id: str) -> Refusal:
    """Another receiver holds the session."""
    words = f"The requested session '{session_id}' cannot be accepted. It may be locked by another receiver."
    return Refusal("com.microsoft:session-cannot-be-locked", words, 410)


def session_lock_lost() -> Refusal:
    """The session's lock expired, or was never held."""
    return Refusal("com.microsoft:session-lock-lost", "The session lock has expired on the message session. Accept a new one.", 410)


def no_session_available() -> Refusal:
    """No session had a message within the time that the receiver wanted to wait."""
    return Refusal("com.microsoft:timeout", "The operation did not complete within the allotted timeout: no session is available.", 408)


def quota_exceeded(what: str, limit: int) -> Refusal:
    """What is kept for `what` would take more than `limit` bytes."""
    words = f"QuotaExceeded: {what} has reached its maximum size of {limit} bytes. Receive messages from it to make room."
    return Refusal("amqp:resource-limit-exceeded", words, 403)


def server_busy() -> Refusal:
    """The fault "busy" is on."""
    return Refusal("com.microsoft:server-busy", "The service is currently too busy to process the request (switched on).", 503)


def entity_exists(path: str) -> Refusal:
    """An entity of this path exists already."""
    return Refusal("com.microsoft:entity-already-exists", f"The messaging entity '{path}' already exists.", 409)


def argument_error(words: str) -> Refusal:
    """What was asked for makes no sense."""
    return Refusal("com.microsoft:argument-error", words, 400)
