"""The platform shop: what it consists of, and what scenarios have of it. Say here what it is for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from environments.platform import Platform, Sabotage, Scene, Vocabulary
from environments.services import PythonModule, ServiceSpec, Site

if TYPE_CHECKING:
    # only what names and settings need is imported: every command reads this module
    from environments.substrate import Substrate


def _notes(site: Site) -> Mapping[str, str]:
    return {"HTTP_HOST": site.host(), "HTTP_PORT": str(site.port())}


NOTES = ServiceSpec("notes", PythonModule("environments.platforms.shop.notes"), _notes, ready_port="http")


class Shop(Platform):
    """See `environments.platform.Platform`."""

    name = "shop"
    shared_services = ("notes",)
    vocabulary = Vocabulary(example=('When "two apples" is noted under "to buy"', 'Then "two apples" stands under "to buy"'))
    mutable_sources = {"notes": ("notes.py",)}  # noqa: RUF012 - as the base class declares it

    @classmethod
    def sabotages(cls) -> Sequence[Sabotage]:
        """The defects that its services can have switched on."""
        meaning = "a note is kept only up to its first space"
        incident = "a parser takes one word for the whole text, and orders arrive incomplete"
        return (Sabotage("shop-notes-cut-short", meaning, incident),)

    def services(self) -> Sequence[ServiceSpec]:
        """Its services, in the order in which they are best started."""
        return (NOTES,)

    def new_scene(self, substrate: "Substrate", folder: Path) -> Scene:
        """A scene for one scenario, whose evidence is kept in `folder`."""
        from support.platforms.shop.scene import new_scene

        return new_scene(substrate, folder)


PLATFORM = Shop
