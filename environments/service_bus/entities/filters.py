"""Which messages of a topic a subscription gets.

Source: Azure Service Bus, "topic filters": correlation filters, SQL filters, true and false.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..codec.message import CONTENT_TYPE, CORRELATION_ID, MESSAGE_ID, REPLY_TO, REPLY_TO_SESSION_ID, SESSION_ID, SUBJECT, TO, Message
from ..codec.types import Timestamp, Value

DEFAULT_RULE = "$Default"

# the system properties that a filter can name, and where they stand among the standard properties of a message
SYSTEM_PROPERTIES = {
    "correlationid": CORRELATION_ID,
    "messageid": MESSAGE_ID,
    "to": TO,
    "replyto": REPLY_TO,
    "label": SUBJECT,
    "subject": SUBJECT,
    "sessionid": SESSION_ID,
    "replytosessionid": REPLY_TO_SESSION_ID,
    "contenttype": CONTENT_TYPE,
}

ENQUEUED = "enqueuedtimeutc"
KNOWN_SYSTEM_PROPERTIES = frozenset({*SYSTEM_PROPERTIES, ENQUEUED})


class Properties:
    """What filters see of one message; taken apart once for all filters of a topic, and only when one asks."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._user: dict[str, Any] | None = None
        self._standard: list[Any] | None = None

    @property
    def user(self) -> Mapping[str, Any]:
        """The application properties, their names in lower case: filters do not tell case."""
        if self._user is None:
            self._user = {str(name).lower(): comparable(value) for name, value in self._message.read_application_properties().items()}
        return self._user

    def system(self, name: str) -> Value:
        """A system property by its name in lower case; None when the message has none."""
        if name == ENQUEUED:
            return _moment(self._message.enqueued_at)
        if self._standard is None:
            self._standard = self._message.read_properties()
        index = SYSTEM_PROPERTIES.get(name)
        value = self._standard[index] if index is not None and index < len(self._standard) else None
        return comparable(value)


def comparable(value: Value) -> Value:
    """A property of a message as filters compare it: a time on the wire is a time here, what has no order is a text."""
    if isinstance(value, Timestamp):
        return _moment(value / 1000)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _moment(seconds: float) -> Value:
    # only who compares times waits for this to be loaded
    from datetime import UTC, datetime, timedelta

    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None


class Filter(Protocol):
    """A condition on messages."""

    def matches(self, properties: Properties) -> bool:
        """Whether a message with these properties fits."""


@dataclass(frozen=True, slots=True)
class Constant:
    """Every message, or none."""

    fits: bool

    def matches(self, properties: Properties) -> bool:
        return self.fits


@dataclass(frozen=True, slots=True)
class Correlation:
    """System and user properties that all have to be equal; the names of system properties as in SYSTEM_PROPERTIES."""

    system: Mapping[str, str] = field(default_factory=dict)
    user: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, properties: Properties) -> bool:
        return all(properties.system(name) == value for name, value in self.system.items()) and all(
            same(properties.user.get(name.lower()), value) for name, value in self.user.items()
        )


def same(found: Value, wanted: Value) -> bool:
    """Whether two property values are equal; a truth value is no number here."""
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named filter of a subscription, and the words it was declared with, by which it is shown again."""

    name: str
    filter: Filter
    declared: Mapping[str, Any] = field(default_factory=dict)


EVERYTHING = Rule(DEFAULT_RULE, Constant(True), {"FilterType": "True"})
