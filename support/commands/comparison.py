"""The commands `ringmaster parity`, `drift` and `compat`: the same scenarios run in two ways, and what differs."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.exceptions import Exit

from environments.choose import REMOTE_SUBSTRATE, platform_classes
from support.commands.asked_deployment import ask_deployment
from support.commands.common import keep_measurement, refuse_unwritable, refused, settings_or_exit, show_page
from support.results.exit_codes import ExitCode
from support.settings import VARIABLE_PREFIX, platform_settings
from support.terminal import complain, say

if TYPE_CHECKING:
    from support.commands.running_pods import HeldAgainstChart
    from support.comparison.differences import Difference
    from support.comparison.runs import Way

DRIFT = "drift"
KNOWN_FILE = Path("known-differences.toml")
FEATURES = click.argument("features", nargs=-1, metavar="[FEATURE]...")
TAGS = click.option("--tags", multiple=True, metavar="EXPRESSION", help="only scenarios whose tags fit; if repeated, both")
KNOWN = click.option(
    "--known", type=click.Path(path_type=Path), default=KNOWN_FILE, help="differences that are accepted, each with a reason"
)
AS_JSON = click.option("--json", "json_file", type=click.Path(path_type=Path), help="also write the differences to this file")
AS_PAGE = click.option("--html", type=click.Path(path_type=Path), help="also write the differences to this file, as a page")
WITHIN = click.option(
    "--within",
    type=click.FloatRange(min=1),
    default=3600.0,
    metavar="SECONDS",
    help="how long each of the two runs may take",
    show_default=True,
)
WITH = click.option(
    "--with", "given", multiple=True, metavar="SETTING=VALUE", help="a setting of the second one alone; if repeated, each of them"
)
DEPLOYMENT = click.option("--deployment", metavar="NAME", help="the deployment, if one of the two is the substrate remote")


@click.command()
@click.argument("one", metavar="SUBSTRATE")
@click.argument("other", metavar="SUBSTRATE")
@FEATURES
@TAGS
@DEPLOYMENT
@WITH
@KNOWN
@AS_JSON
@AS_PAGE
@WITHIN
def parity(
    one: str, other: str, features: tuple[str, ...], tags: tuple[str, ...], deployment: str | None, given: tuple[str, ...], **options: Any
) -> None:
    """Run the same scenarios on two substrates, and say what differs: outcomes, and the services' answers by shape.

    The two may be the same one, if the second has other settings. Exit code 1 when there are differences that no reason in the file of
    known ones explains, and when nothing was compared.

    \b
    Examples:
    ringmaster parity embedded remote --deployment local --tags @smoke
    ringmaster parity embedded embedded --with workers=1
    ringmaster parity remote remote --deployment local --with deployment=other
    """
    from support.comparison.runs import Way

    settings = _settings_in(given)
    of_other = settings.pop("deployment", deployment)
    for substrate, name in ((one, deployment), (other, of_other)):
        _refuse_unknown(substrate)
        if substrate == REMOTE_SUBSTRATE:
            ask_deployment(name)
    variables = {f"{VARIABLE_PREFIX}{name.upper()}": value for name, value in settings.items()}
    called = f"{other} with {', '.join(given)}" if given else other
    ways = Way(one, _on(one, deployment)), Way(called, _on(other, of_other), variables)
    _compare(ways, _selection(features, tags), Options(**options))


@click.command()
@click.argument("deployment")
@FEATURES
@TAGS
@KNOWN
@AS_JSON
@AS_PAGE
@WITHIN
@click.option(
    "--manifests", type=click.Path(path_type=Path), help="also hold the pods that run against these, which `helm get manifest` printed"
)
def drift(deployment: str, features: tuple[str, ...], tags: tuple[str, ...], manifests: Path | None, **options: Any) -> None:
    """Compare a deployment that is there already with the reference platform, and say where they differ.

    The scenarios (without a choice all of its platform) run on the reference platform (embedded) and on the deployment: outcomes, answers
    with their headers, messages, queues' settings, pods with their labels and manifests, and what the object store holds. Exit code 1 when
    there are new differences.
    What was found is kept in the history: the page and the next `ringmaster report` show it, night by night.
    """
    from environments.errors import DeploymentRefused, SubstrateError
    from support.commands.running_pods import hold_against_chart
    from support.comparison.pods import UnreadableManifests
    from support.comparison.runs import Way

    platform = ask_deployment(deployment)
    try:
        held = hold_against_chart(deployment, manifests, settings_or_exit())
    except (DeploymentRefused, UnreadableManifests) as error:
        raise refused(error) from None
    except SubstrateError as error:
        complain(str(error))
        raise Exit(ExitCode.PLATFORM_FAILED) from None
    ways = Way("the reference", _on("embedded", None)), Way(deployment, _on(REMOTE_SUBSTRATE, deployment))
    chosen = features or _features_in(Path("features") / platform)
    _compare(ways, _selection(chosen, tags), Options(**options, kept_as=deployment, beside=held))


@click.command()
@click.argument("requirement", metavar="PACKAGE==VERSION|SETTING=VALUE")
@FEATURES
@TAGS
@KNOWN
@AS_JSON
@WITHIN
def compat(requirement: str, features: tuple[str, ...], tags: tuple[str, ...], **options: Any) -> None:
    """Run the features of a contract with another version of a package, or another checkout, and say what that changed.

    Without features, those that the platform names for the package or setting. Another version of a package is installed into a folder of
    its own; another checkout is a folder that takes the place of the one that is set. Each scenario is shown as it ends.

    \b
    Examples:
    ringmaster compat shop-client==1.2.64
    ringmaster compat client_checkout=../client-next
    """
    from support.comparison.packages import CannotInstall, installed_version, name_and_version, variables_with
    from support.comparison.runs import Way

    shown = Options(**options, words=True)
    setting, equals, value = requirement.partition("=")
    try:
        if equals and setting in platform_settings():
            # a wrong value would be noticed only after the first run
            settings_or_exit(**{setting: value})
            ways = Way(f"{setting} as it is set"), Way(value, [f"--{setting.replace('_', '-')}", value])
            _compare(ways, _selection(features or _features_of(setting), tags), shown)
        name, wanted = name_and_version(requirement)
        here = installed_version(name)
        chosen = features or _features_of(name)
        with tempfile.TemporaryDirectory(prefix="e2e-test-compat-") as folder:
            variables = variables_with(requirement, Path(folder))
            ways = Way(f"{name} {here}"), Way(f"{name} {wanted}", variables=variables)
            _compare(ways, _selection(chosen, tags), shown)
    except CannotInstall as error:
        raise refused(error) from None


@dataclass(frozen=True)
class Options:
    """What the three commands have in common."""

    known: Path
    json_file: Path | None
    within: float
    html: Path | None = None
    kept_as: str | None = None
    """The subject under which the history keeps how many differences there were."""
    words: bool = False
    beside: "HeldAgainstChart | None" = None
    """What no scenario saw."""


def _settings_in(given: Sequence[str]) -> dict[str, str]:
    """The settings in texts such as `object_store=seaweedfs`; what is wrong with one ends the command."""
    pairs = [text.partition("=") for text in given]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise refused(f"option --with: '{name}{equals}' has to be a setting and its value, such as workers=1")
    settings = {name: value for name, _, value in pairs}
    settings_or_exit(**settings)
    return settings


def _refuse_unknown(substrate: str) -> None:
    """Return if there is such a substrate: the second would be missed only after all had run on the first."""
    from environments.choose import refuse_unknown_substrate
    from environments.errors import UnknownSubstrate

    try:
        refuse_unknown_substrate(substrate)
    except UnknownSubstrate as error:
        raise refused(error) from None


def _on(substrate: str, deployment: str | None) -> list[str]:
    return ["--substrate", substrate, *(["--deployment", deployment] if substrate == REMOTE_SUBSTRATE and deployment else [])]


def _features_in(folder: Path) -> tuple[str, ...]:
    """A folder if it is there; otherwise all features."""
    return (str(folder),) if folder.is_dir() else ()


def _selection(features: tuple[str, ...], tags: tuple[str, ...]) -> list[str]:
    return [*features, *(part for expression in tags for part in ("--tags", expression))]


def _features_of(package: str) -> tuple[str, ...]:
    found = tuple(feature for platform in platform_classes() for feature in platform.contracts.get(package, ()))
    if not found:
        from support.comparison.packages import CannotInstall

        raise CannotInstall(f"no platform names features for the package '{package}': name them after it")
    return found


def _compare(ways: "tuple[Way, Way]", selection: list[str], options: Options) -> NoReturn:
    """Run both, show what differs, keep how much it was if it has a name, and end the command."""
    from reports.pages.comparison import comparison_page
    from reports.pages.page import print_page
    from support.comparison.differences import differences, explained, same_on_both, unsaid, why_nothing_compared
    from support.comparison.observations import observe
    from support.comparison.runs import CouldNotRun, run_both
    from support.results.run_record import UnreadableRecord

    names = ways[0].name, ways[1].name
    reasons = _known_reasons(options)
    try:
        with tempfile.TemporaryDirectory(prefix="e2e-test-comparison-") as folder:
            say(f"Runs the same scenarios on {names[0]} and on {names[1]}")
            one, other = observe(names, run_both(ways, selection, Path(folder), within_seconds=options.within, tell=say))
    except (UnreadableRecord, FileNotFoundError) as error:
        raise refused(error) from None
    except CouldNotRun as error:
        complain(str(error))
        raise Exit(error.exit_code) from None
    beside = options.beside.differences if options.beside is not None else ()
    found = explained([*differences(one, other, words=options.words), *beside], reasons)
    same = [*same_on_both(one, other, found), *(options.beside.same if options.beside is not None else ())]
    new = sum(difference.reason is None for difference in found)
    rows = [(each.where, each.what, each.reason) for each in found]
    content = {"new": new, "known": len(found) - new, "scenarios": len(one.scenarios), "same": len(same), "differences": rows}
    nights = _nights(options.kept_as, content) if options.kept_as is not None else []
    apart = unsaid(one, other)
    page = comparison_page(names, rows, same, len(one.scenarios), nights, apart)
    print_page(page)
    if options.json_file is not None:
        _write(options.json_file, names, found, apart)
    if options.html is not None:
        show_page(page, options.html)
    why_nothing = None if found else why_nothing_compared(one, other, same, by_outcomes=options.words)
    if why_nothing is not None:
        complain(why_nothing)
    raise Exit(ExitCode.FAILED if new or why_nothing else ExitCode.PASSED)


def _known_reasons(options: Options) -> Mapping[tuple[str, str], str]:
    """What is known already; a file that is missing or cannot be written ends the command before it runs anything."""
    from support.comparison.known import WrongKnownDifferences, read_known

    for file in filter(None, (options.json_file, options.html)):
        refuse_unwritable(file)
    try:
        return read_known(options.known, may_be_missing=options.known == KNOWN_FILE)
    except WrongKnownDifferences as error:
        raise refused(error) from None


def _write(file: Path, names: tuple[str, str], found: "Sequence[Difference]", apart: Sequence[tuple[str, str]]) -> None:
    listed = [asdict(difference) for difference in found]
    told = {"compared": names, "differences": listed, "not compared": [" ".join(each) for each in apart]}
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _nights(deployment: str, content: Mapping[str, object]) -> list[tuple[float, int, int]]:
    """Keep what was found; how many differences there were each time, this one last."""
    from support.history.database import HistoryUnusable
    from support.history.reading import open_history

    results = settings_or_exit().results_folder
    keep_measurement(results, DRIFT, deployment, content)
    try:
        with open_history(results) as history:
            earlier = [one for one in history.measurements(DRIFT) if one.subject == deployment]
    except HistoryUnusable:
        return []
    return [(one.at, one.content["new"], one.content["known"]) for one in earlier]
