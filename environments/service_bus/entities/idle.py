"""Entities that delete themselves when nobody has used them for long enough. Source: Azure Service Bus's `AutoDeleteOnIdle`."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator

from ..queues.intake import Entity
from ..queues.queue import Queue
from .namespace import Namespace
from .topics import Topic

log = logging.getLogger(__name__)

# seconds until an entity that is in use is looked at again
SOONEST = 0.05


def last_use(entity: Entity) -> float:
    """When somebody last sent to the entity, received from it or managed it; in seconds since 1970."""
    return max(one.accessed_at for one in _with_parts(entity))


def is_in_use(entity: Entity) -> bool:
    """Whether somebody receives from the entity, or it has yet to do something itself."""
    return any(bool(one.scheduled) or (isinstance(one, Queue) and _is_received_from(one)) for one in _with_parts(entity))


def _is_received_from(queue: Queue) -> bool:
    # Source: Azure Service Bus: forwarding counts as a receiver
    return queue.consumers.in_use or queue.sessions.in_use or queue.options.forward_to is not None


def _with_parts(entity: Entity) -> Iterator[Entity]:
    yield entity
    if isinstance(entity, Queue):
        yield from entity.sub_queues
    elif isinstance(entity, Topic):
        for subscription in entity.subscriptions.values():
            yield from _with_parts(subscription)


class IdleEntities:
    """One timer for all entities that delete themselves."""

    def __init__(self, namespace: Namespace, remove: Callable[[str], None]) -> None:
        self._namespace = namespace
        self._remove = remove
        self._timer: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Delete what is idle, and look again when the next one can be; to be called when settings have changed, too."""
        self.close()
        now, waits = time.time(), []
        for entity in self._namespace.every_entity():
            seconds = entity.options.idle_seconds
            # a subscription may have gone with its topic just now
            if seconds is None or entity.is_gone:
                continue
            if is_in_use(entity):
                entity.accessed_at = now
            left = last_use(entity) + seconds - now
            if left > 0:
                waits.append(left)
            else:
                log.info("'%s' was not used for %g s and is deleted", entity.path, seconds)
                self._remove(entity.path)
        if waits:
            self._timer = asyncio.get_running_loop().call_later(max(min(waits), SOONEST), self.look)

    def close(self) -> None:
        """Look no more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
