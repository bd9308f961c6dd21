"""Entities declared in a JSON file of the shape of Microsoft's emulator, and rules in the words of that file.

Source: the `Config.json` of Azure Service Bus's emulator (`UserConfig.Namespaces[].Queues/Topics`).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .errors import Refusal
from .filters import SYSTEM_PROPERTIES, Constant, Correlation, Filter, Rule
from .namespace import Namespace
from .options import MEBIBYTE, EntityOptions
from .topics import Topic
from .types import Value


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
    for name, queue, where in _named(declared, "Queues", place):
        _or_say(where, namespace.add_queue, name, _options(queue, namespace.options, where))
    for name, topic, where in _named(declared, "Topics", place):
        made = _or_say(where, namespace.add_topic, name, _options(topic, namespace.options, where))
        for subscription_name, subscription, below in _named(topic, "Subscriptions", where):
            _declare_subscription(namespace, made, subscription_name, subscription, below)


def _named(declared: Mapping[str, Any], kind: str, place: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The things of one kind, each with its name and its place in words; raises InvalidDeclaration for one without a name."""
    for number, one in enumerate(declared.get(kind) or []):
        if not isinstance(one, dict) or not one.get("Name"):
            raise InvalidDeclaration(f"{place}, {kind}[{number}] has no Name")
        yield str(one["Name"]), one, f"{place}, {kind.lower().removesuffix('s')} '{one['Name']}'"


def _declare_subscription(namespace: Namespace, topic: Topic, name: str, declared: Mapping[str, Any], where: str) -> None:
    made = _or_say(where, namespace.add_subscription, topic.path, name, _options(declared, namespace.options, where))
    rules = [rule_of(rule_name, rule.get("Properties") or {}, where) for rule_name, rule, _ in _named(declared, "Rules", where)]
    if rules:
        made.rules = {rule.name.lower(): rule for rule in rules}


def _or_say(where: str, make: Callable[..., Value], *arguments: Value) -> Value:
    try:
        return make(*arguments)
    except Refusal as refusal:
        raise InvalidDeclaration(f"{where}: {refusal.description}") from refusal


# ---- settings of entities ----


def _options(declared: Mapping[str, Any], defaults: EntityOptions, where: str) -> EntityOptions:
    properties = declared.get("Properties") or {}
    for name in properties:
        if name not in _READERS and name not in _WITHOUT_EFFECT:
            near = get_close_matches(name, [*_READERS, *_WITHOUT_EFFECT], n=1)
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
            except (ValueError, TypeError, AttributeError):
                raise ValueError(f"{name} is '{properties[name]}'") from None
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


def _required_duration(text: str) -> float:
    seconds = duration(text)
    if not seconds:
        raise ValueError(f"'{text}' is no time that passes")
    return seconds


def _truth(value: Value) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise ValueError(f"'{value}' is neither true nor false")
    return str(value).lower() == "true"


def _count(value: Value) -> int:
    if int(value) < 1:
        raise ValueError("less than one")
    return int(value)


_READERS: dict[str, tuple[str, Any]] = {
    "LockDuration": ("lock_seconds", _required_duration),
    "MaxDeliveryCount": ("max_delivery_count", _count),
    "RequiresSession": ("requires_session", _truth),
    "DefaultMessageTimeToLive": ("time_to_live", duration),
    "DeadLetteringOnMessageExpiration": ("dead_letters_expired", _truth),
    "DuplicateDetectionHistoryTimeWindow": ("duplicate_window", _required_duration),
    "ForwardTo": ("forward_to", lambda value: value or None),
    "ForwardDeadLetteredMessagesTo": ("forward_dead_letters_to", lambda value: value or None),
    "MaxSizeInMegabytes": ("max_bytes", lambda value: _count(value) * MEBIBYTE),
}


# known to the emulator; of these only duplicate detection matters here, and it is read apart
_WITHOUT_EFFECT = frozenset(
    {
        "RequiresDuplicateDetection",
        "AutoDeleteOnIdle",
        "EnableBatchedOperations",
        "EnableExpress",
        "EnablePartitioning",
        "MaxMessageSizeInKilobytes",
        "Status",
        "SupportOrdering",
        "UserMetadata",
    }
)


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
        return Correlation({found.lower(): value for found, value in declared.items() if value is not None}, user)
    if kind == "Sql":
        # only who uses SQL filters waits for them to be loaded
        from .sql import InvalidExpression, SqlFilter

        declared = properties.get("SqlFilter") or {}
        try:
            return SqlFilter(str(declared.get("SqlExpression", "")), declared.get("Parameters") or {})
        except InvalidExpression as error:
            raise InvalidDeclaration(f"{where}: {error}") from error
    raise InvalidDeclaration(f"{where}: FilterType is '{kind}', not Sql or Correlation")
