"""The entities of one bus, by their paths."""

import logging
from fnmatch import fnmatchcase

from ..authorization import SharedAccessKey, path_of
from ..errors import Refusal, argument_error, entity_exists, entity_not_found
from ..queues.intake import Entity, Memory, SharedState
from ..queues.options import EntityOptions
from ..queues.queue import DEAD_LETTERS, TRANSFER, Queue
from .limits import SHORTEST_IDLE, check_kind, check_name, check_path
from .topics import SUBSCRIPTIONS, Subscription, Topic

log = logging.getLogger(__name__)


class Namespace:
    """Queues and topics: the declared ones, and queues that are made when somebody first asks for them."""

    def __init__(
        self,
        options: EntityOptions | None = None,
        queues: tuple[str, ...] = (),
        on_demand: tuple[str, ...] = (),
        memory: Memory | None = None,
        shortest_idle: float = SHORTEST_IDLE,
    ) -> None:
        """`shortest_idle` is how many seconds an entity has to be idle at least before it deletes itself."""
        self.options = options or EntityOptions()
        self.shared = SharedState(self.destination, memory or Memory())
        self.shortest_idle = shortest_idle
        self._on_demand = on_demand
        self.queues: dict[str, Queue] = {}
        self.topics: dict[str, Topic] = {}
        for name in queues:
            self.add_queue(name, self.options)

    # ---- finding ----

    def entity(self, path: str) -> Entity:
        """A queue, dead-letter queue, subscription or topic by its path, in any case; raises Refusal when there is none."""
        name, sub_queue = _without_sub_queue(path)
        topic_name, _, subscription_name = name.lower().partition(f"/{SUBSCRIPTIONS.lower()}/")
        if subscription_name:
            found: Queue = self.topic(topic_name).subscription(subscription_name)
        elif name.lower() in self.topics and not sub_queue:
            return self.topics[name.lower()]
        else:
            found = self._queue(name)
        belonging = {DEAD_LETTERS: found.dead_letters, f"{TRANSFER}/{DEAD_LETTERS}": found.transfer_dead_letters}
        return belonging.get(sub_queue) or found

    def keys_for(self, path: str) -> tuple[SharedAccessKey, ...]:
        """The keys of the queue or topic that a path leads to or through."""
        lower = path.lower()
        while lower:
            if found := self.queues.get(lower) or self.topics.get(lower):
                return found.access_keys
            lower = lower.rpartition("/")[0]
        return ()

    def queue(self, path: str) -> Queue:
        """A queue, dead-letter queue or subscription by its path; raises Refusal when there is none."""
        found = self.entity(path)
        if not isinstance(found, Queue):
            raise entity_not_found(path)
        return found

    def destination(self, path: str) -> Entity:
        """Where a message can be forwarded to; the path may be a full URI."""
        found = self.entity(path_of(path))
        if isinstance(found, Subscription) or found.path.endswith(DEAD_LETTERS):
            raise entity_not_found(path)
        return found

    def topic(self, name: str) -> Topic:
        """The topic of this name, in any case; raises Refusal when there is none."""
        if found := self.topics.get(name.lower()):
            return found
        raise entity_not_found(name)

    def _queue(self, name: str) -> Queue:
        if found := self.queues.get(name.lower()):
            return found
        if self.makes_on_demand(name):
            return self.add_queue(name, self.options)
        raise entity_not_found(name)

    def makes_on_demand(self, name: str) -> bool:
        """Whether a queue of this name is made when somebody first asks for it."""
        return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self._on_demand)

    def entity_to_restore(self, path: str) -> Entity:
        """The entity of this path, for what the journal has kept: what is not declared any more is a queue."""
        try:
            return self.entity(path)
        except Refusal:
            name, _ = _without_sub_queue(path)
            log.warning("the journal has messages of '%s', which is not declared any more: it is kept as a queue", name)
            self.queues[name.lower()] = Queue(name, self.options, self.shared)
            return self.entity(path)

    # ---- making and removing ----

    def add_queue(self, name: str, options: EntityOptions) -> Queue:
        """Declare a queue; raises Refusal when there is an entity of this name, or for what no queue can be."""
        self._check_new(name, options, "queue")
        self.queues[name.lower()] = queue = Queue(name, options, self.shared)
        return queue

    def add_topic(self, name: str, options: EntityOptions) -> Topic:
        """Declare a topic; raises Refusal when there is an entity of this name."""
        self._check_new(name, options, "topic")
        self.topics[name.lower()] = topic = Topic(name, options, self.shared)
        return topic

    def _check_new(self, name: str, options: EntityOptions, kind: str) -> None:
        check_path(name)
        check_kind(options, self.options, kind, self.shortest_idle)
        if name.lower() in self.queues or name.lower() in self.topics:
            raise entity_exists(name)

    def add_subscription(self, topic_name: str, name: str, options: EntityOptions) -> Subscription:
        """Declare a subscription with the rule that everything fits; raises Refusal when there is one of this name or no topic."""
        topic = self.topic(topic_name)
        if name.lower() in topic.subscriptions:
            raise entity_exists(f"{topic_name}/{SUBSCRIPTIONS}/{name}")
        check_name(name, "subscription")
        check_kind(options, self.options, "subscription", self.shortest_idle)
        return topic.add(name, options)

    def check_forwarding(self, path: str, options: EntityOptions) -> None:
        """Raises Refusal if messages would be forwarded to nothing, or to where they come from."""
        wanted = {"ForwardTo": options.forward_to, "ForwardDeadLetteredMessagesTo": options.forward_dead_letters_to}
        for setting, target in wanted.items():
            if target is None:
                continue
            if path_of(target).lower() == path.lower():
                raise argument_error(f"{setting} of '{path}' is the entity itself.")
            try:
                self.destination(target)
            except Refusal as refusal:
                raise argument_error(f"{setting} of '{path}' is '{path_of(target)}', which is neither a queue nor a topic.") from refusal

    def remove(self, path: str) -> None:
        """Forget an entity and what is in it; raises Refusal when there is none."""
        topic_name, _, subscription_name = path.lower().partition(f"/{SUBSCRIPTIONS.lower()}/")
        if subscription_name:
            self.topic(topic_name).subscription(subscription_name).closed()
            del self.topics[topic_name].subscriptions[subscription_name]
        elif removed := self.queues.pop(path.lower(), None) or self.topics.pop(path.lower(), None):
            removed.closed()
        else:
            raise entity_not_found(path)

    def every_entity(self) -> list[Entity]:
        """Topics, queues, subscriptions and dead-letter queues."""
        subscriptions: list[Queue] = [found for topic in self.topics.values() for found in topic.subscriptions.values()]
        holders = [*self.queues.values(), *subscriptions]
        return [*self.topics.values(), *holders, *(below for queue in holders for below in queue.sub_queues)]


def _without_sub_queue(path: str) -> tuple[str, str]:
    lower = path.lower()
    for sub_queue in (f"{TRANSFER}/{DEAD_LETTERS}", DEAD_LETTERS):
        if lower.endswith(f"/{sub_queue.lower()}"):
            return path[: -len(sub_queue) - 1], sub_queue
    return path, ""
