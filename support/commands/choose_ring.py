"""The command `ringmaster choose-ring`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from environments.choose import all_sabotages
from support.commands.common import refused, show_page
from support.terminal import complain

if TYPE_CHECKING:
    from support.gherkin.features import FeatureFile

FEATURES = Path("features")


@click.command("choose-ring")
@click.argument("incidents", type=click.Path(path_type=Path), help="a CSV file with the columns date, title, boundary; see docs/reports.md")
@click.option(
    "--until", type=click.DateTime(formats=["%Y-%m-%d"]), metavar="DATE", help="the last day of the half year; today when left out"
)
@click.option("--features", type=click.Path(path_type=Path), multiple=True, help="where to look for scenarios; features when left out")
@click.option("--html", type=click.Path(path_type=Path), help="write it as a page to this file")
def choose_ring(incidents: Path, until: datetime | None, features: tuple[Path, ...], html: Path | None) -> None:
    """Say which ring the incidents of half a year justify (three or more at its boundary), and which scenario would have caught each.

    Example: `ringmaster choose-ring docs/examples/incidents.csv`.
    """
    from reports.pages.ring_choice import ring_page
    from support.evaluation.catches import Matcher, catchers
    from support.evaluation.incidents import WrongIncidents, read_incidents
    from support.evaluation.ring_choice import choose_ring as choose
    from support.gherkin.files import is_there

    try:
        known = read_incidents(incidents)
    except WrongIncidents as error:
        raise refused(error) from None
    if missing := [str(path) for path in features if not is_there(path)]:
        raise refused(f"option --features: there is no {', '.join(missing)}")
    places = features or tuple(path for path in (FEATURES,) if path.exists())
    if not places:
        complain("there is no folder 'features' here, so no scenario is looked for: give one with --features")
    choice = choose(known, (until or datetime.now(UTC)).date())
    matcher = Matcher(catchers(_readable(places), {name: sabotage.incident for name, sabotage in all_sabotages().items()}))
    show_page(ring_page(choice, [(incident, matcher.best(incident)) for incident in choice.incidents]), html)


def _readable(places: tuple[Path, ...]) -> "Iterator[FeatureFile]":
    from support.gherkin.features import read_feature
    from support.gherkin.files import UnreadableFile, find_files

    for file in find_files(places):
        try:
            yield read_feature(file)
        except UnreadableFile as error:
            complain(f"left out: {error}")
