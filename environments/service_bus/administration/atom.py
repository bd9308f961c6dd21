"""The XML of Service Bus's administration API: Atom entries and feeds around descriptions of entities and rules.

Source: Azure Service Bus's REST API as azure-servicebus 7.15 reads and writes it.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from ..entities.catalogue import SUBSCRIPTION, TOPIC, kind_of, settings_of
from ..entities.declarations import DATE_TIME, DURATION
from ..entities.filters import Rule
from ..entities.idle import last_use
from ..entities.topics import Topic
from ..errors import argument_error
from ..queues.intake import Entity
from ..queues.queue import Queue

ATOM = "http://www.w3.org/2005/Atom"
SERVICE_BUS = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect"
COUNTS = "http://schemas.microsoft.com/netservices/2011/06/servicebus"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.w3.org/2001/XMLSchema"

# what Azure shows where nothing was said
SHOWN_BY_DEFAULT = {
    "EnableBatchedOperations": "true",
    "EnableExpress": "false",
    "EnablePartitioning": "false",
    "SupportOrdering": "true",
    "EntityAvailabilityStatus": "Available",
    "IsAnonymousAccessible": "false",
}
NOT_OF_TOPICS = ("LockDuration", "RequiresSession", "DeadLetteringOnMessageExpiration", "MaxDeliveryCount", "ForwardTo")
NOT_OF_SUBSCRIPTIONS = (
    *("MaxSizeInMegabytes", "RequiresDuplicateDetection", "DuplicateDetectionHistoryTimeWindow"),
    *("EnableExpress", "EnablePartitioning", "SupportOrdering", "IsAnonymousAccessible"),
)


# ---- reading ----


def read_description(body: bytes) -> tuple[str, Element]:
    """What a request describes (QueueDescription, ...) and its description; raises Refusal."""
    # an entity is the only thing in XML that can grow when it is read
    if b"<!" in body:
        raise argument_error("The request has a document type.")
    try:
        content = ElementTree.fromstring(body).find(f"{{{ATOM}}}content")  # noqa: S314
    except ElementTree.ParseError as error:
        raise argument_error(f"The request is not XML: {error}") from error
    if content is None or not len(content):
        raise argument_error("The request describes nothing.")
    return _local(content[0].tag), content[0]


def settings_in(description: Element) -> dict[str, str]:
    """The simple settings of a description, by name."""
    return {_local(child.tag): child.text or "" for child in description if not len(child)}


def access_rules_in(description: Element) -> list[dict[str, Any]]:
    """The authorization rules of a description, in the words of the configuration file."""
    return [
        settings_in(rule) | {"Rights": [right.text or "" for right in _child(rule, "Rights") or ()]}
        for rule in _child(description, "AuthorizationRules") or ()
    ]


def rule_in(description: Element) -> dict[str, Any]:
    """A rule in the words of the configuration file; raises Refusal."""
    action = _child(description, "Action")
    if action is not None and _type_of(action) not in ("EmptyRuleAction", "", None):
        raise argument_error("Actions of rules are not supported.")
    condition = _child(description, "Filter")
    kind = "" if condition is None else _type_of(condition)
    if condition is None or kind == "TrueFilter":
        return {"FilterType": "True"}
    if kind == "FalseFilter":
        return {"FilterType": "False"}
    if kind == "SqlFilter":
        said = {"SqlExpression": settings_in(condition).get("SqlExpression", "")}
        return {"FilterType": "Sql", "SqlFilter": said | {"Parameters": _values_in(_child(condition, "Parameters"))}}
    if kind == "CorrelationFilter":
        simple = {name: text for name, text in settings_in(condition).items() if text and name != "Properties"}
        return {"FilterType": "Correlation", "CorrelationFilter": simple | {"Properties": _values_in(_child(condition, "Properties"))}}
    raise argument_error(f"The filter is a '{kind}'.")


def _values_in(parent: Element | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in () if parent is None else parent:
        key, value = _child(pair, "Key"), _child(pair, "Value")
        if key is not None and value is not None:
            found[key.text or ""] = _typed(value.text or "", _type_of(value))
    return found


def _typed(text: str, kind: str) -> str | int | float | bool | dict[str, str]:
    try:
        if kind in ("int", "long"):
            return int(text)
        if kind == "double":
            return float(text)
    except ValueError:
        raise argument_error(f"'{text}' is not a number.") from None
    if kind in (DATE_TIME, DURATION):
        return {kind: text}
    return text.lower() == "true" if kind == "boolean" else text


def _child(parent: Element, name: str) -> Element | None:
    return parent.find(f"{{{SERVICE_BUS}}}{name}")


def _type_of(element: Element) -> str:
    return element.get(f"{{{INSTANCE}}}type", "").rpartition(":")[2]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


# ---- writing ----


def entry_of(entity: Entity, name: str) -> Element:
    """An entity as Azure shows it."""
    kind = kind_of(entity)
    entry, description = _entry(name, f"{kind.capitalize()}Description")
    hidden = NOT_OF_TOPICS if kind == TOPIC else NOT_OF_SUBSCRIPTIONS if kind == SUBSCRIPTION else ()
    settings = SHOWN_BY_DEFAULT | entity.described | settings_of(entity.options)
    for setting, value in settings.items():
        if setting not in hidden:
            _add(description, setting, value)
    for moment, seconds in (("CreatedAt", entity.created_at), ("UpdatedAt", entity.updated_at), ("AccessedAt", last_use(entity))):
        _add(description, moment, _time(seconds))
    _add_counts(description, entity)
    if kind != SUBSCRIPTION:
        _add_access_rules(description, entity)
    if isinstance(entity, Topic):
        _add(description, "SubscriptionCount", str(len(entity.subscriptions)))
    if kind != SUBSCRIPTION:
        _add(description, "SizeInBytes", str(entity.bytes_in_all()))
    return entry


def _add_counts(description: Element, entity: Entity) -> None:
    counts = {"ActiveMessageCount": 0, "DeadLetterMessageCount": 0, "ScheduledMessageCount": len(entity.scheduled)}
    counts |= {"TransferMessageCount": 0, "TransferDeadLetterMessageCount": 0}
    if isinstance(entity, Queue):
        dead, transfer = entity.dead_letters, entity.transfer_dead_letters
        counts |= {
            # Source: Azure counts what is locked or deferred as active
            "ActiveMessageCount": entity.message_count - len(entity.scheduled),
            "DeadLetterMessageCount": dead.message_count if dead else 0,
            "TransferDeadLetterMessageCount": transfer.message_count if transfer else 0,
        }
        _add(description, "MessageCount", str(sum(counts.values())))
    parent = SubElement(description, f"{{{SERVICE_BUS}}}CountDetails")
    for name, count in counts.items():
        SubElement(parent, f"{{{COUNTS}}}{name}").text = str(count)


def _add_access_rules(description: Element, entity: Entity) -> None:
    parent = SubElement(description, f"{{{SERVICE_BUS}}}AuthorizationRules")
    for key in entity.access_keys:
        kind = {f"{{{INSTANCE}}}type": "SharedAccessAuthorizationRule"}
        rule = SubElement(parent, f"{{{SERVICE_BUS}}}AuthorizationRule", kind)
        _add(rule, "ClaimType", "SharedAccessKey")
        _add(rule, "ClaimValue", "None")
        rights = SubElement(rule, f"{{{SERVICE_BUS}}}Rights")
        for right in sorted(key.rights):
            _add(rights, "AccessRights", right)
        for name, value in (("KeyName", key.name), ("PrimaryKey", key.key), ("SecondaryKey", key.secondary_key)):
            _add(rule, name, value)


def entry_of_rule(rule: Rule) -> Element:
    """A rule as Azure shows it."""
    entry, description = _entry(rule.name, "RuleDescription")
    kind = rule.declared.get("FilterType") or ("Sql" if "SqlFilter" in rule.declared else "Correlation")
    condition = SubElement(description, f"{{{SERVICE_BUS}}}Filter", {f"{{{INSTANCE}}}type": f"{kind}Filter"})
    if kind == "Correlation":
        said = dict(rule.declared.get("CorrelationFilter") or {})
        user = said.pop("Properties", None) or {}
        for name, value in said.items():
            _add(condition, name, str(value))
        _add_values(SubElement(condition, f"{{{SERVICE_BUS}}}Properties"), user)
    else:
        said = rule.declared.get("SqlFilter") or {"SqlExpression": "1=1" if kind == "True" else "1=0"}
        _add(condition, "SqlExpression", said["SqlExpression"])
        _add(condition, "CompatibilityLevel", "20")
        _add_values(SubElement(condition, f"{{{SERVICE_BUS}}}Parameters"), said.get("Parameters") or {})
    SubElement(description, f"{{{SERVICE_BUS}}}Action", {f"{{{INSTANCE}}}type": "EmptyRuleAction"})
    _add(description, "Name", rule.name)
    return entry


def _add_values(parent: Element, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict):
            [(kind_of_time, text)] = value.items()
            _add_value(parent, key, kind_of_time, text)
            continue
        kind = {bool: "boolean", int: "int" if isinstance(value, int) and abs(value) < 1 << 31 else "long", float: "double"}
        _add_value(parent, key, kind.get(type(value), "string"), str(value).lower() if isinstance(value, bool) else str(value))


def _add_value(parent: Element, key: str, kind: str, text: str) -> None:
    pair = SubElement(parent, f"{{{SERVICE_BUS}}}KeyValueOfstringanyType")
    _add(pair, "Key", key)
    SubElement(pair, f"{{{SERVICE_BUS}}}Value", {f"{{{INSTANCE}}}type": f"d6p1:{kind}", "xmlns:d6p1": SCHEMA}).text = text


def namespace_entry(name: str) -> Element:
    """The namespace as Azure shows it."""
    entry, information = _entry(name, "NamespaceInfo")
    for setting, value in {"Alias": "", "MessagingSKU": "Standard", "Name": name, "NamespaceType": "Messaging"}.items():
        _add(information, setting, value)
    return entry


def feed_of(title: str, entries: Iterable[Element]) -> Element:
    """A list as Azure shows it."""
    feed = Element(f"{{{ATOM}}}feed")
    SubElement(feed, f"{{{ATOM}}}title", {"type": "text"}).text = title
    feed.extend(entries)
    return feed


def to_bytes(element: Element) -> bytes:
    """The XML of an entry or a feed."""
    return bytes(ElementTree.tostring(element, encoding="utf-8", xml_declaration=True))


def add_links(feed: Element, here: str, following: str) -> None:
    """Say where the list goes on."""
    for relation, reference in (("self", here), ("next", following)):
        feed.insert(0 if relation == "self" else 1, Element(f"{{{ATOM}}}link", {"rel": relation, "href": reference}))


def _entry(title: str, content_name: str) -> tuple[Element, Element]:
    entry = Element(f"{{{ATOM}}}entry")
    SubElement(entry, f"{{{ATOM}}}title", {"type": "text"}).text = title
    content = SubElement(entry, f"{{{ATOM}}}content", {"type": "application/xml"})
    return entry, SubElement(content, f"{{{SERVICE_BUS}}}{content_name}")


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{SERVICE_BUS}}}{name}").text = text


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
