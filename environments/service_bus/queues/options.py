"""What can be set about an entity. Source: Azure Service Bus's entity properties."""

from dataclasses import dataclass
from enum import StrEnum

MEBIBYTE = 1 << 20


class Status(StrEnum):
    """What clients may do with an entity."""

    ACTIVE = "Active"
    DISABLED = "Disabled"
    SEND_DISABLED = "SendDisabled"
    RECEIVE_DISABLED = "ReceiveDisabled"


REFUSES_SENDING = frozenset({Status.DISABLED, Status.SEND_DISABLED})
REFUSES_RECEIVING = frozenset({Status.DISABLED, Status.RECEIVE_DISABLED})


@dataclass(frozen=True, slots=True)
class EntityOptions:
    """How a queue, a topic or a subscription treats its messages; times in seconds, None is never or off."""

    lock_seconds: float = 30.0
    max_delivery_count: int = 10
    requires_session: bool = False
    time_to_live: float | None = None
    dead_letters_expired: bool = False
    # how long a message id is remembered, where duplicates are to be noticed
    duplicate_window: float | None = None
    forward_to: str | None = None
    forward_dead_letters_to: str | None = None
    max_bytes: int = 1024 * MEBIBYTE
    status: Status = Status.ACTIVE
    # an entity that nobody has used for so long is deleted
    idle_seconds: float | None = None
