"""What all connections share."""

from dataclasses import dataclass, field

from .authorization import Grant, SharedAccessKey, Token
from .entities.idle import IdleEntities
from .entities.namespace import Namespace
from .faults import Faults
from .queues.intake import Recorder


@dataclass(slots=True)
class Bus:
    """The entities, who may use them, and what is made to go wrong."""

    namespace: Namespace
    # of the whole namespace; entities may have keys of their own
    access_key: SharedAccessKey
    faults: Faults = field(default_factory=Faults)
    journal: Recorder | None = None
    idle: IdleEntities = field(init=False)

    def __post_init__(self) -> None:
        self.idle = IdleEntities(self.namespace, self.remove)

    def check(self, token: str) -> Grant:
        """What a token gives access to; raises InvalidToken."""
        read = Token(token)
        return read.granted_by((self.access_key, *self.namespace.keys_for(read.path)))

    def remove(self, path: str) -> None:
        """Forget an entity and what is in it, for good; raises Refusal when there is none."""
        self.namespace.remove(path)
        if self.journal:
            self.journal.removed(path)
            self.journal.flush()
