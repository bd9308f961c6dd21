"""What scenarios make on deployments that were there before the run, and the list of it."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class MadeThing:
    """Something that a scenario makes on a deployment, where it stays after the run unless it is removed."""

    kind: str
    """A word of the platform, such as `account`."""
    name: str
    secret: str = field(default="", repr=False)
    """What it takes to remove it."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class LeftOvers(Protocol):
    """The list of what scenarios make, by which it is removed after a kill."""

    def made(self, thing: MadeThing) -> None:
        """Note what is about to be made."""
        ...

    def removed(self, thing: MadeThing) -> None:
        """Note that it was removed again."""
        ...
