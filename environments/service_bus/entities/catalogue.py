"""Entities in words: their settings with Azure's names, to show them and to make them again."""

import json
import logging
from collections.abc import Iterator
from typing import Any

from ..authorization import SharedAccessKey
from ..errors import Refusal, argument_error
from ..queues.intake import Entity
from ..queues.options import MEBIBYTE, EntityOptions
from .declarations import access_keys_of, options_of, rule_of
from .namespace import Namespace
from .topics import SUBSCRIPTIONS, Subscription, Topic

log = logging.getLogger(__name__)

# Source: the longest time of .NET, which Azure shows for "never"
FOREVER = "P10675199DT2H48M5.4775807S"
# what Azure shows as the window where duplicates are not noticed
DEFAULT_WINDOW = 600.0

QUEUE, TOPIC, SUBSCRIPTION = "queue", "topic", "subscription"


def iso_duration(seconds: float | None) -> str:
    """An ISO 8601 duration; None is for ever."""
    return FOREVER if seconds is None else f"PT{seconds:.7f}".rstrip("0").rstrip(".") + "S"


def settings_of(options: EntityOptions) -> dict[str, str]:
    """The settings with Azure's names, as text; those that are not set are left out or as Azure shows them."""
    settings = {
        "LockDuration": iso_duration(options.lock_seconds),
        "MaxSizeInMegabytes": str(options.max_bytes // MEBIBYTE),
        "RequiresDuplicateDetection": _truth(options.duplicate_window is not None),
        "RequiresSession": _truth(options.requires_session),
        "DefaultMessageTimeToLive": iso_duration(options.time_to_live),
        "DeadLetteringOnMessageExpiration": _truth(options.dead_letters_expired),
        "DuplicateDetectionHistoryTimeWindow": iso_duration(options.duplicate_window or DEFAULT_WINDOW),
        "MaxDeliveryCount": str(options.max_delivery_count),
        "Status": options.status,
        "AutoDeleteOnIdle": iso_duration(options.idle_seconds),
    }
    if options.forward_to:
        settings["ForwardTo"] = options.forward_to
    if options.forward_dead_letters_to:
        settings["ForwardDeadLetteredMessagesTo"] = options.forward_dead_letters_to
    return settings


def _truth(value: bool) -> str:
    return "true" if value else "false"


def kind_of(entity: Entity) -> str:
    """queue, topic or subscription."""
    if isinstance(entity, Topic):
        return TOPIC
    return SUBSCRIPTION if isinstance(entity, Subscription) else QUEUE


# ---- for the journal ----


def description_of(entity: Entity) -> str:
    """Everything it takes to make the entity again, without its messages."""
    rules = [{"Name": rule.name, "Properties": rule.declared} for rule in entity.rules.values()] if isinstance(entity, Subscription) else []
    keys = [rule_of_key(key) for key in entity.access_keys]
    return json.dumps({"settings": settings_of(entity.options), "described": entity.described, "rules": rules, "keys": keys})


def rule_of_key(key: SharedAccessKey) -> dict[str, Any]:
    """A key as an authorization rule with Azure's names."""
    return {"KeyName": key.name, "PrimaryKey": key.key, "SecondaryKey": key.secondary_key, "Rights": sorted(key.rights)}


def describe_everything(namespace: Namespace) -> Iterator[tuple[str, str, str]]:
    """Kind, path and description of every entity that the administration client has made; topics before their subscriptions."""
    everything = sorted(namespace.every_entity(), key=lambda entity: isinstance(entity, Subscription))
    for entity in everything:
        if entity.made_by_client:
            yield kind_of(entity), entity.path, description_of(entity)


def make_again(namespace: Namespace, path: str, kind: str, text: str) -> None:
    """Make or change an entity that the administration client has made before; one that is declared stays as declared."""
    description = json.loads(text)
    try:
        options = options_of(description["settings"], namespace.options)
        entity = _found_or_made(namespace, path, kind, options)
        # a journal of an older version has no keys
        keys = access_keys_of(description.get("keys") or ())
    except (Refusal, ValueError) as error:
        log.warning("the %s '%s' of the journal cannot be made again: %s", kind, path, error)
        return
    if not entity.made_by_client:
        return
    entity.change(options)
    entity.described, entity.access_keys = description["described"], keys
    if isinstance(entity, Subscription):
        entity.rules = {rule["Name"].lower(): rule_of(rule["Name"], rule["Properties"], path) for rule in description["rules"]}


def _found_or_made(namespace: Namespace, path: str, kind: str, options: EntityOptions) -> Entity:
    try:
        return namespace.entity(path)
    except Refusal:
        entity = make(namespace, path, kind, options)
        entity.made_by_client = True
        return entity


def make(namespace: Namespace, path: str, kind: str, options: EntityOptions) -> Entity:
    """Make a queue, a topic or a subscription; raises Refusal."""
    topic, _, name = split_subscription(path)
    if kind == SUBSCRIPTION and name:
        return namespace.add_subscription(topic, name, options)
    if kind == TOPIC and not name:
        return namespace.add_topic(path, options)
    if kind == QUEUE and not name:
        return namespace.add_queue(path, options)
    raise argument_error(f"'{path}' cannot be a {kind}.")


def split_subscription(path: str) -> tuple[str, str, str]:
    """The topic's path, the separator and the name of a subscription; the last is empty for anything else."""
    place = path.lower().find(f"/{SUBSCRIPTIONS.lower()}/")
    if place < 0:
        return path, "", ""
    return path[:place], SUBSCRIPTIONS, path[place + len(SUBSCRIPTIONS) + 2 :]


def remove_again(namespace: Namespace, path: str) -> None:
    """Remove an entity that the administration client has removed before; one that is declared comes back, empty."""
    try:
        if namespace.entity(path).made_by_client:
            namespace.remove(path)
    except Refusal:
        # it was not there for long
        return
