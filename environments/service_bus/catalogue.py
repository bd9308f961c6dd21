"""Entities in words: their settings with Azure's names, to show them and to make them again."""

import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .declarations import options_of, rule_of
from .errors import Refusal
from .intake import Entity
from .options import MEBIBYTE, EntityOptions
from .queue import Queue
from .topics import SUBSCRIPTIONS, Subscription, Topic

if TYPE_CHECKING:
    from .namespace import Namespace

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
    return json.dumps({"settings": settings_of(entity.options), "described": entity.described, "rules": rules})


def describe_everything(namespace: "Namespace") -> Iterator[tuple[str, str, str]]:
    """Kind, path and description of every entity that the administration client has made; topics before their subscriptions."""
    everything = sorted(namespace.every_entity(), key=lambda entity: isinstance(entity, Subscription))
    for entity in everything:
        if entity.made_by_client:
            yield kind_of(entity), entity.path, description_of(entity)


def make_again(namespace: "Namespace", path: str, kind: str, text: str) -> None:
    """Make or change an entity that the administration client has made before; one that is declared stays as declared."""
    description = json.loads(text)
    options = options_of(description["settings"], namespace.options)
    try:
        entity = namespace.entity(path)
    except Refusal:
        try:
            entity = _make(namespace, path, kind, options)
        except Refusal as refusal:
            log.warning("the %s '%s' of the journal cannot be made again: %s", kind, path, refusal.description)
            return
        entity.made_by_client = True
    if not entity.made_by_client:
        return
    change(entity, options)
    entity.described = description["described"]
    if isinstance(entity, Subscription):
        entity.rules = {rule["Name"].lower(): rule_of(rule["Name"], rule["Properties"], path) for rule in description["rules"]}


def _make(namespace: "Namespace", path: str, kind: str, options: EntityOptions) -> Entity:
    if kind == QUEUE:
        return namespace.add_queue(path, options)
    if kind == TOPIC:
        return namespace.add_topic(path, options)
    topic, _, name = path.partition(f"/{SUBSCRIPTIONS}/")
    return namespace.add_subscription(topic, name, options)


def remove_again(namespace: "Namespace", path: str) -> None:
    """Remove an entity that the administration client has removed before; one that is declared comes back, empty."""
    try:
        if namespace.entity(path).made_by_client:
            namespace.remove(path)
    except Refusal:
        # it was not there for long
        return


def change(entity: Entity, options: EntityOptions) -> None:
    """Give an entity other settings."""
    entity.options = options
    if isinstance(entity, Queue):
        entity.change_dead_letters()
