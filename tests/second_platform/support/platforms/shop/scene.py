"""What one scenario has of shop."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from environments.substrate import Cluster, Substrate
from support.names import PREFIX, Names
from support.platforms.shop.client import NotesClient
from support.story import Story


@dataclass
class Scene:
    """See `environments.platform.Scene`."""

    folder: Path
    notes: NotesClient
    names: Names = field(default_factory=Names)
    story: Story = field(default_factory=Story)

    def services(self) -> list[str]:
        """The services whose logs belong to the evidence of a failure."""
        return ["notes"]

    def clusters(self) -> Mapping[str, Cluster]:
        """What runs pods: nothing does."""
        return {}

    def collect_evidence(self) -> Mapping[str, Callable[[], object]]:
        """What else to look at after a failure: nothing yet."""
        return {}

    def named_in_logs(self) -> Mapping[str, Collection[str]]:
        """What the logs of services that work on their own name of this scenario: no service does."""
        return {}

    def note_name(self, name: str) -> str:
        """A note's name that no other scenario uses, since all share the service."""
        return f"{PREFIX}{self.names.unique_part} {name}"

    def close(self) -> None:
        """Give back everything that the scenario had."""
        self.notes.close()


def new_scene(substrate: Substrate, folder: Path) -> Scene:
    """A scene on the running platform."""
    return Scene(folder, NotesClient(substrate.address("notes").url))
