"""The entities of one bus, by their paths."""

import logging
from fnmatch import fnmatchcase

from .errors import Refusal, entity_exists, entity_not_found
from .intake import Entity, Memory, Surroundings
from .options import EntityOptions
from .queue import DEAD_LETTERS, Queue
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
    ) -> None:
        self.options = options or EntityOptions()
        self.surroundings = Surroundings(self.destination, memory or Memory())
        self._on_demand = on_demand
        self.queues: dict[str, Queue] = {}
        self.topics: dict[str, Topic] = {}
        for name in queues:
            self.add_queue(name, self.options)

    # ---- finding ----

    def entity(self, path: str) -> Entity:
        """A queue, dead-letter queue, subscription or topic by its path, in any case; raises Refusal when there is none."""
        name, dead_letters = _without_dead_letters(path)
        topic_name, _, subscription_name = name.lower().partition(f"/{SUBSCRIPTIONS.lower()}/")
        if subscription_name:
            found: Queue = self.topic(topic_name).subscription(subscription_name)
        elif name.lower() in self.topics and not dead_letters:
            return self.topics[name.lower()]
        else:
            found = self._queue(name)
        return found.dead_letters if dead_letters and found.dead_letters is not None else found

    def queue(self, path: str) -> Queue:
        """A queue, dead-letter queue or subscription by its path; raises Refusal when there is none."""
        found = self.entity(path)
        if not isinstance(found, Queue):
            raise entity_not_found(path)
        return found

    def destination(self, path: str) -> Entity:
        """Where a message can be forwarded to; the path may be a full URI."""
        from .authorization import path_of

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
        if any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self._on_demand):
            return self.add_queue(name, self.options)
        raise entity_not_found(name)

    def entity_to_restore(self, path: str) -> Entity:
        """The entity of this path, for what the journal has kept: what is not declared any more is a queue."""
        try:
            return self.entity(path)
        except Refusal:
            name, _ = _without_dead_letters(path)
            log.warning("the journal has messages of '%s', which is not declared any more: it is kept as a queue", name)
            self.add_queue(name, self.options)
            return self.entity(path)

    # ---- making and removing ----

    def add_queue(self, name: str, options: EntityOptions) -> Queue:
        """Declare a queue; raises Refusal when there is an entity of this name."""
        self._refuse_taken(name)
        self.queues[name.lower()] = queue = Queue(name, options, self.surroundings)
        return queue

    def add_topic(self, name: str, options: EntityOptions) -> Topic:
        """Declare a topic; raises Refusal when there is an entity of this name."""
        self._refuse_taken(name)
        self.topics[name.lower()] = topic = Topic(name, options, self.surroundings)
        return topic

    def _refuse_taken(self, name: str) -> None:
        if name.lower() in self.queues or name.lower() in self.topics:
            raise entity_exists(name)

    def add_subscription(self, topic_name: str, name: str, options: EntityOptions) -> Subscription:
        """Declare a subscription with the rule that everything fits; raises Refusal when there is one of this name or no topic."""
        topic = self.topic(topic_name)
        if name.lower() in topic.subscriptions:
            raise entity_exists(f"{topic_name}/{SUBSCRIPTIONS}/{name}")
        return topic.add(name, options)

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
        return [*self.topics.values(), *holders, *(queue.dead_letters for queue in holders if queue.dead_letters)]


def _without_dead_letters(path: str) -> tuple[str, bool]:
    suffix = f"/{DEAD_LETTERS.lower()}"
    return (path[: -len(suffix)], True) if path.lower().endswith(suffix) else (path, False)
