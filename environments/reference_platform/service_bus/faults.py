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


@dataclass(slots=True)
class Faults:
    """The faults that are switched on now; an outage is the server's own affair."""

    # every send and every request is answered with "server busy"
    busy: bool = False
    # connections are taken, and nothing is ever answered
    silent: bool = False
    # seconds by which whatever a client sends is late
    slow_seconds: float = 0.0
    to_lose: dict[Loss, int] = field(default_factory=dict)

    def loses(self, what: Loss) -> bool:
        """Whether this one gets lost; each one that does is counted off."""
        if not self.to_lose:
            return False
        left = self.to_lose.pop(what, 0)
        if left > 1:
            self.to_lose[what] = left - 1
        return left > 0

    def clear(self) -> None:
        """Everything is well again."""
        self.busy = self.silent = False
        self.slow_seconds = 0.0
        self.to_lose.clear()
