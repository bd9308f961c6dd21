"""Topics: each message goes, as a copy, to every subscription one of whose rules it fits."""

from .errors import entity_not_found
from .filters import EVERYTHING, Properties, Rule
from .intake import Entity, Surroundings
from .message import Message
from .options import EntityOptions
from .queue import Queue

SUBSCRIPTIONS = "Subscriptions"


class Subscription(Queue):
    """The queue of one subscriber."""

    def __init__(self, topic: str, name: str, options: EntityOptions, surroundings: Surroundings) -> None:
        super().__init__(f"{topic}/{SUBSCRIPTIONS}/{name}", options, surroundings)
        self.name = name
        self.rules: dict[str, Rule] = {EVERYTHING.name.lower(): EVERYTHING}

    def wants(self, properties: Properties) -> bool:
        """Whether a message fits one of the rules."""
        return any(rule.filter.matches(properties) for rule in self.rules.values())


class Topic(Entity):
    """Where senders publish."""

    def __init__(self, path: str, options: EntityOptions, surroundings: Surroundings) -> None:
        super().__init__(path, options, surroundings)
        self.subscriptions: dict[str, Subscription] = {}

    def add(self, name: str, options: EntityOptions) -> Subscription:
        """Declare a subscription."""
        subscription = Subscription(self.path, name, options, self._surroundings)
        self.subscriptions[name.lower()] = subscription
        return subscription

    def subscription(self, name: str) -> Subscription:
        """The subscription of this name, in any case; raises Refusal when there is none."""
        if found := self.subscriptions.get(name.lower()):
            return found
        raise entity_not_found(f"{self.path}/{SUBSCRIPTIONS}/{name}")

    def _copies(self) -> int:
        return max(1, len(self.subscriptions))

    def _bytes_in_all(self) -> int:
        return self.bytes_kept + sum(subscription.bytes_kept for subscription in self.subscriptions.values())

    def _arrive(self, message: Message) -> None:
        properties = Properties(message)
        if message.ttl is None and self.options.time_to_live is not None:
            message.ttl = int(self.options.time_to_live * 1000)
        for subscription in self.subscriptions.values():
            if subscription.wants(properties):
                subscription.take(message.copy())

    def closed(self) -> None:
        super().closed()
        for subscription in self.subscriptions.values():
            subscription.closed()
