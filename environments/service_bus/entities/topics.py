"""Topics: each message goes, as a copy, to every subscription one of whose rules it fits."""

from ..codec.message import Message
from ..errors import entity_not_found
from ..queues.intake import Entity, SharedState
from ..queues.options import EntityOptions, Status
from ..queues.queue import Queue
from .filters import EVERYTHING, Properties, Rule

SUBSCRIPTIONS = "Subscriptions"


class Subscription(Queue):
    """The queue of one subscriber."""

    def __init__(self, topic: "Topic", name: str, options: EntityOptions, shared: SharedState) -> None:
        self.topic = topic
        super().__init__(f"{topic.path}/{SUBSCRIPTIONS}/{name}", options, shared)
        self.name = name
        self.rules: dict[str, Rule] = {EVERYTHING.name.lower(): EVERYTHING}

    @property
    def refuses_receiving(self) -> bool:
        return super().refuses_receiving or self.topic.options.status is Status.DISABLED

    def wants(self, properties: Properties) -> bool:
        """Whether a message fits one of the rules."""
        return any(rule.filter.matches(properties) for rule in self.rules.values())


class Topic(Entity):
    """Where senders publish."""

    def __init__(self, path: str, options: EntityOptions, shared: SharedState) -> None:
        super().__init__(path, options, shared)
        self.subscriptions: dict[str, Subscription] = {}

    def add(self, name: str, options: EntityOptions) -> Subscription:
        """Declare a subscription."""
        subscription = Subscription(self, name, options, self._shared)
        self.subscriptions[name.lower()] = subscription
        return subscription

    def subscription(self, name: str) -> Subscription:
        """The subscription of this name, in any case; raises Refusal when there is none."""
        if found := self.subscriptions.get(name.lower()):
            return found
        raise entity_not_found(f"{self.path}/{SUBSCRIPTIONS}/{name}")

    def change(self, options: EntityOptions) -> None:
        """Give the topic other settings; nobody receives from the subscriptions of a disabled one."""
        super().change(options)
        for subscription in self.subscriptions.values():
            subscription.obey_status()

    def _copies(self) -> int:
        return max(1, len(self.subscriptions))

    def bytes_in_all(self) -> int:
        return self.bytes_kept + sum(subscription.bytes_in_all() for subscription in self.subscriptions.values())

    def _arrive(self, message: Message) -> None:
        properties = Properties(message)
        if self.options.time_to_live is not None:
            message.limit_time_to_live(self.options.time_to_live)
        for subscription in self.subscriptions.values():
            if subscription.wants(properties):
                subscription.take(message.copy())

    def closed(self) -> None:
        super().closed()
        for subscription in self.subscriptions.values():
            subscription.closed()
