"""Entities declared in a JSON file of the shape of Microsoft's emulator, and rules in the words of that file.

Source: the `Config.json` of Azure Service Bus's emulator (`UserConfig.Namespaces[].Queues/Topics`).
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from secrets import token_bytes
from typing import Any

from ..authorization import EVERY_RIGHT, Right, SharedAccessKey
from ..codec.types import Value
from ..errors import Refusal
from ..queues.intake import Entity
from ..queues.options import MEBIBYTE, EntityOptions, Status
from .filters import SYSTEM_PROPERTIES, Constant, Correlation, Filter, Rule
from .limits import LONGEST_LOCK, LONGEST_METADATA, LONGEST_WINDOW, MOST_DELIVERIES, SIZES
from .namespace import Namespace
from .topics import Subscription


class InvalidDeclaration(Exception):
    """What is declared makes no sense; the text says what and where."""


def declare_from_file(namespace: Namespace, path: Path) -> None:
    """Make the entities of the file; raises InvalidDeclaration, with the place in the file."""
    try:
        declared = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDeclaration(f"{path} cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        raise InvalidDeclaration(f"{path} is not JSON: {error}") from error
    try:
        for number, one in enumerate(declared["UserConfig"]["Namespaces"]):
            _declare(namespace, one, f"UserConfig.Namespaces[{number}]")
    except InvalidDeclaration as error:
        raise InvalidDeclaration(f"{path}: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidDeclaration(f"{path} is not of the shape UserConfig.Namespaces[].Queues/Topics") from error


def _declare(namespace: Namespace, declared: Mapping[str, Any], place: str) -> None:
    made: dict[str, Entity] = {}
    for name, queue, where in _named(declared, "Queues", place):
        made[where] = _or_say(where, namespace.add_queue, name, _options(queue, namespace.options, where))
        _describe(made[where], queue, where)
    for name, topic, where in _named(declared, "Topics", place):
        made[where] = _or_say(where, namespace.add_topic, name, _options(topic, namespace.options, where))
        _describe(made[where], topic, where)
        for subscription_name, subscription, below in _named(topic, "Subscriptions", where):
            made[below] = _declare_subscription(namespace, name, subscription_name, subscription, below)
    # only now is everything there that messages can be forwarded to
    for where, entity in made.items():
        _or_say(where, namespace.check_forwarding, entity.path, entity.options)


def _named(declared: Mapping[str, Any], kind: str, place: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The things of one kind, each with its name and its place in words; raises InvalidDeclaration for one without a name."""
    for number, one in enumerate(declared.get(kind) or []):
        if not isinstance(one, dict) or not one.get("Name"):
            raise InvalidDeclaration(f"{place}, {kind}[{number}] has no Name")
        yield str(one["Name"]), one, f"{place}, {kind.lower().removesuffix('s')} '{one['Name']}'"


def _describe(entity: Entity, declared: Mapping[str, Any], where: str) -> None:
    properties = declared.get("Properties") or {}
    try:
        entity.described = described_in(properties)
        entity.access_keys = access_keys_of(properties.get("AuthorizationRules") or ())
    except ValueError as error:
        raise InvalidDeclaration(f"{where}: {error}") from error


def _declare_subscription(namespace: Namespace, topic: str, name: str, declared: Mapping[str, Any], where: str) -> Subscription:
    if "AuthorizationRules" in (declared.get("Properties") or {}):
        raise InvalidDeclaration(f"{where}: a subscription has no AuthorizationRules; its topic has")
    made: Subscription = _or_say(where, namespace.add_subscription, topic, name, _options(declared, namespace.options, where))
    _describe(made, declared, where)
    rules = [rule_of(rule_name, rule.get("Properties") or {}, where) for rule_name, rule, _ in _named(declared, "Rules", where)]
    if rules:
        made.rules = {rule.name.lower(): rule for rule in rules}
    return made


def _or_say(where: str, make: Callable[..., Value], *arguments: Value) -> Value:
    try:
        return make(*arguments)
    except Refusal as refusal:
        raise InvalidDeclaration(f"{where}: {refusal.description}") from refusal


# ---- settings of entities ----


def _options(declared: Mapping[str, Any], defaults: EntityOptions, where: str) -> EntityOptions:
    properties = declared.get("Properties") or {}
    for name in properties:
        if name not in _KNOWN:
            near = get_close_matches(name, _KNOWN, n=1)
            raise InvalidDeclaration(f"{where}: there is no property {name}" + (f". Did you mean {near[0]}?" if near else ""))
    try:
        return options_of(properties, defaults)
    except ValueError as error:
        raise InvalidDeclaration(f"{where}: {error}") from error


def options_of(properties: Mapping[str, Any], defaults: EntityOptions) -> EntityOptions:
    """Entity options out of properties with Azure's names; what is not given stays as in `defaults`. Raises ValueError."""
    changes: dict[str, Any] = {}
    for name, (field, reader) in _READERS.items():
        if name in properties:
            try:
                changes[field] = reader(properties[name])
            except (ValueError, TypeError, AttributeError) as error:
                reason = f": {error}" if isinstance(error, ValueError) else ""
                raise ValueError(f"{name} is '{properties[name]}'{reason}") from None
    for name in _UNSUPPORTED:
        if _truth(properties.get(name) or "false"):
            raise ValueError(f"{name} is 'true', which this bus does not support: leave it out")
    detects = properties.get("RequiresDuplicateDetection")
    if detects is not None and not _truth(detects):
        changes["duplicate_window"] = None
    elif detects is not None and changes.get("duplicate_window", defaults.duplicate_window) is None:
        changes["duplicate_window"] = 600.0
    elif detects is None and defaults.duplicate_window is None:
        # a window alone does not switch it on
        changes.pop("duplicate_window", None)
    return replace(defaults, **changes)


def duration(text: str) -> float | None:
    """Seconds of an ISO 8601 duration such as `PT1M30S`; None for one of decades, which means never. Raises ValueError."""
    found = re.fullmatch(r"P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?", text.strip())
    if found is None or text.strip() in ("P", "PT"):
        raise ValueError(f"'{text}' is not a duration such as PT30S")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return None if total > NEVER else total


# seconds; Source: Azure's "forever" is 10675199 days, the longest time of .NET
NEVER = 10_000 * 24 * 3600


def _positive_duration(text: str) -> float | None:
    seconds = duration(text)
    if seconds == 0:
        raise ValueError("no time passes")
    return seconds


def _duration_up_to(most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        seconds = _positive_duration(text)
        if seconds is None or seconds > most:
            raise ValueError(f"more than {most:g} seconds")
        return seconds

    return read


def _truth(value: Value) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise ValueError("neither true nor false")
    return str(value).lower() == "true"


def _count_up_to(most: int) -> Callable[[Value], int]:
    def read(value: Value) -> int:
        if not 1 <= int(value) <= most:
            raise ValueError(f"not between 1 and {most}")
        return int(value)

    return read


def _size(value: Value) -> int:
    return _count_up_to(SIZES[-1])(value) * MEBIBYTE


def _status(value: Value) -> Status:
    found = next((status for status in Status if status.lower() == str(value).lower()), None)
    if found is None:
        raise ValueError(f"not one of {', '.join(Status)}")
    return found


def described_in(properties: Mapping[str, Any]) -> dict[str, str]:
    """Those of the properties that the bus only remembers; raises ValueError for what is not possible."""
    if len(str(properties.get("UserMetadata") or "")) > LONGEST_METADATA:
        raise ValueError(f"UserMetadata is longer than {LONGEST_METADATA} characters")
    if int(properties.get("MaxMessageSizeInKilobytes") or MESSAGE_KILOBYTES) != MESSAGE_KILOBYTES:
        raise ValueError(f"MaxMessageSizeInKilobytes is not {MESSAGE_KILOBYTES}: other sizes are not supported")
    return {name: str(value) for name, value in properties.items() if name in DESCRIBED}


_READERS: dict[str, tuple[str, Any]] = {
    "LockDuration": ("lock_seconds", _duration_up_to(LONGEST_LOCK)),
    "MaxDeliveryCount": ("max_delivery_count", _count_up_to(MOST_DELIVERIES)),
    "RequiresSession": ("requires_session", _truth),
    "DefaultMessageTimeToLive": ("time_to_live", _positive_duration),
    "DeadLetteringOnMessageExpiration": ("dead_letters_expired", _truth),
    "DuplicateDetectionHistoryTimeWindow": ("duplicate_window", _duration_up_to(LONGEST_WINDOW)),
    "ForwardTo": ("forward_to", lambda value: value or None),
    "ForwardDeadLetteredMessagesTo": ("forward_dead_letters_to", lambda value: value or None),
    "MaxSizeInMegabytes": ("max_bytes", _size),
    "Status": ("status", _status),
    "AutoDeleteOnIdle": ("idle_seconds", _positive_duration),
}

MESSAGE_KILOBYTES = 1024
# settings that change nothing that a client of this bus can see
DESCRIBED = frozenset(
    {
        *("EnableBatchedOperations", "EnableExpress", "SupportOrdering", "FilteringMessagesBeforePublishing"),
        *("DeadLetteringOnFilterEvaluationExceptions", "MaxMessageSizeInKilobytes", "UserMetadata"),
    }
)
_UNSUPPORTED = ("EnablePartitioning", "EnableSubscriptionPartitioning", "IsAnonymousAccessible")
_KNOWN = frozenset({*_READERS, *DESCRIBED, *_UNSUPPORTED, "RequiresDuplicateDetection", "AuthorizationRules"})


# ---- access keys ----

# Source: Azure Service Bus's quota
MOST_KEYS = 12


def access_keys_of(declared: Iterable[Mapping[str, Any]]) -> tuple[SharedAccessKey, ...]:
    """Keys out of authorization rules with Azure's names; a key that is not given is made up. Raises ValueError."""
    found = tuple(_access_key(rule) for rule in declared)
    names = [key.name.lower() for key in found]
    if len(found) > MOST_KEYS or len(names) != len(set(names)):
        raise ValueError(f"AuthorizationRules are at most {MOST_KEYS}, each with a KeyName of its own")
    return found


def _access_key(rule: Mapping[str, Any]) -> SharedAccessKey:
    name = str(rule.get("KeyName") or "")
    if not re.fullmatch(r"[\w.\-]{1,256}", name):
        raise ValueError(f"'{name}' is not the KeyName of an authorization rule")
    known = {right.lower(): right for right in Right}
    said = [str(right).lower() for right in rule.get("Rights") or ()]
    if not said or any(right not in known for right in said):
        raise ValueError(f"the Rights of the key '{name}' are not some of {', '.join(Right)}")
    rights = frozenset(known[right] for right in said)
    if Right.MANAGE in rights and rights != EVERY_RIGHT:
        raise ValueError(f"the key '{name}' may Manage without the rights to Send and to Listen")
    primary, secondary = (str(rule.get(which) or b64encode(token_bytes(32)).decode()) for which in ("PrimaryKey", "SecondaryKey"))
    return SharedAccessKey(name, primary, secondary, rights)


# ---- rules ----


def rule_of(name: str, properties: Mapping[str, Any], where: str) -> Rule:
    """A rule out of the words of the file; raises InvalidDeclaration."""
    if properties.get("Action"):
        raise InvalidDeclaration(f"{where}, rule '{name}': actions are not supported")
    kind = str(properties.get("FilterType") or ("Sql" if "SqlFilter" in properties else "Correlation"))
    return Rule(name, _filter(kind, properties, f"{where}, rule '{name}'"), properties)


def _filter(kind: str, properties: Mapping[str, Any], where: str) -> Filter:
    if kind in ("True", "False"):
        return Constant(kind == "True")
    if kind == "Correlation":
        declared = dict(properties.get("CorrelationFilter") or {})
        user = declared.pop("Properties", None) or {}
        unknown = [name for name in declared if name.lower() not in SYSTEM_PROPERTIES]
        if unknown:
            raise InvalidDeclaration(f"{where}: a correlation filter has no {', '.join(unknown)}")
        return Correlation({found.lower(): value for found, value in declared.items() if value is not None}, _typed_values(user, where))
    if kind == "Sql":
        # only who uses SQL filters waits for them to be loaded
        from .sql import InvalidExpression, SqlFilter

        declared = properties.get("SqlFilter") or {}
        try:
            return SqlFilter(str(declared.get("SqlExpression", "")), _typed_values(declared.get("Parameters") or {}, where))
        except InvalidExpression as error:
            raise InvalidDeclaration(f"{where}: {error}") from error
    raise InvalidDeclaration(f"{where}: FilterType is '{kind}', not Sql or Correlation")


# what XML has a type for and JSON has not; written {"dateTime": "2026-01-01T00:00:00Z"} in the file
DATE_TIME, DURATION = "dateTime", "duration"


def _typed_values(declared: Mapping[str, Any], where: str) -> dict[str, Any]:
    try:
        return {name: _typed_value(value) for name, value in declared.items()}
    except (ValueError, TypeError) as error:
        raise InvalidDeclaration(f"{where}: {error}") from error


def _typed_value(value: Value) -> Value:
    if not isinstance(value, dict):
        return value
    [(kind, text)] = value.items() if len(value) == 1 else [("", "")]
    if kind == DATE_TIME:
        moment = datetime.fromisoformat(text)
        # Source: our choice; the SDK sends a time without a zone as it is
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if kind == DURATION:
        return timedelta(seconds=duration(text) or 0)
    raise ValueError(f"{value} is neither a {DATE_TIME} nor a {DURATION}")
