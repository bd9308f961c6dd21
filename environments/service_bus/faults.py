"""What can be made to go wrong on purpose, so that the failure paths of clients can be tried. Source: our choice."""

from dataclasses import dataclass, field
from enum import StrEnum


class Loss(StrEnum):
    """What can get lost between a client and the bus."""

    # the client settles, and the bus never hears of it: the message comes again when its lock expires
    SETTLEMENT = "settlement"
    # the bus settles, and the client never hears of it
    ANSWER = "answer"
    # the bus has taken a message in, and its sender never hears of it: a sender that tries again makes a duplicate
    ACCEPTANCE = "acceptance"


# in place of an entity's path
EVERYWHERE = ""


@dataclass(slots=True)
class Faults:
    """The faults that are switched on now, everywhere or at single entities; an outage is the server's own affair."""

    # where sends, and if everywhere requests too, are answered with "server busy"; paths in lower case
    busy: set[str] = field(default_factory=set)
    # connections are taken, and nothing is ever answered
    silent: bool = False
    # seconds by which whatever a client sends is late
    slow_seconds: float = 0.0
    # how many of what, and where
    to_lose: dict[tuple[Loss, str], int] = field(default_factory=dict)

    def is_busy(self, path: str = EVERYWHERE) -> bool:
        """Whether what is sent to this entity is refused."""
        return bool(self.busy) and (EVERYWHERE in self.busy or path.lower() in self.busy)

    def loses(self, what: Loss, path: str) -> bool:
        """Whether this one gets lost between a client and this entity; each one that does is counted off."""
        return bool(self.to_lose) and (self._counts_off(what, EVERYWHERE) or self._counts_off(what, path.lower()))

    def _counts_off(self, what: Loss, path: str) -> bool:
        left = self.to_lose.pop((what, path), 0)
        if left > 1:
            self.to_lose[what, path] = left - 1
        return left > 0

    def clear(self) -> None:
        """Everything is well again."""
        self.silent = False
        self.slow_seconds = 0.0
        self.busy.clear()
        self.to_lose.clear()
