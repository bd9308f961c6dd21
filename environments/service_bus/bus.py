"""What all connections share."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .authorization import SharedAccessKey
from .faults import Faults
from .namespace import Namespace

if TYPE_CHECKING:
    from .journal import Journal


@dataclass(slots=True)
class Bus:
    """The entities, who may use them, and what is made to go wrong."""

    namespace: Namespace
    access_key: SharedAccessKey
    faults: Faults = field(default_factory=Faults)
    journal: "Journal | None" = None
