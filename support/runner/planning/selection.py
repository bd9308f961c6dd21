"""Which scenarios to run: what was asked for, made into behave's configuration, and refused where it cannot be run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from behave.configuration import Configuration
from behave.exception import ConfigError, TagExpressionError
from behave.model import Feature, Scenario, Table
from behave.model_type import FileLocation
from behave.runner_util import InvalidFileLocationError, InvalidFilenameError, collect_feature_locations

from support.gherkin.files import UnreadableFile, find_files, is_there
from support.gherkin.selected import read_selected
from support.nearest import did_you_mean
from support.overlooked import overlooked_features
from support.redaction import is_sensitive, learn_secret
from support.results.identity import Identity
from support.runner.behave_adapter.caches import keep_what_never_changes
from support.runner.behave_adapter.model import identities_of, row_of
from support.runner.planning.errors import SelectionError

if TYPE_CHECKING:
    from support.runner.planning.shards import Shard

FEATURES = Path("features")
# what a tag expression holds besides tags; ~ and - stand for not in behave's old notation
OPERATORS = {"and", "or", "not"}
MADE_UP = re.compile(r"(?=.*\d)\S+")
"""No word of the language, which would be hidden everywhere."""

keep_what_never_changes()


class Selection(NamedTuple):
    """Which scenarios to run: paths of features (file, folder or file:line), a tag expression, parts of names."""

    paths: tuple[str, ...] = (str(FEATURES),)
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    only: frozenset[Identity] | None = None
    """If given, no other scenarios than these."""
    why_only: str = ""
    shard: "Shard | None" = None
    """If given, only this part of them."""


def configuration_of(selection: Selection) -> Configuration:
    """behave's configuration, made here and from no file, since a tox.ini would erase what pyproject.toml says.

    Raises:
        SelectionError: a path is not there, or the tags cannot be read.
    """
    configuration = _configuration(["--no-capture-hooks", "--no-summary", "--show-skipped"], selection)
    configuration.reporters = []
    return configuration


def _configuration(arguments: list[str], selection: Selection) -> Configuration:
    if "" in selection.paths:
        raise SelectionError("the name of a feature or folder is empty: leave it out to run all, or name one")
    missing = [path for path in selection.paths if not is_there(Path(path.rpartition(":")[0] or path)) and not is_there(Path(path))]
    if missing:
        nearest = did_you_mean(missing[0], [str(file) for file in find_files([FEATURES])] if is_there(FEATURES) else [])
        raise SelectionError(f"no such feature file or folder: {', '.join(missing)}.{nearest}")
    chosen = [f"--tags={tag}" for tag in selection.tags] + [f"--name={re.escape(name)}" for name in selection.names]
    try:
        return Configuration([*arguments, *chosen, *selection.paths], load_config=False)
    except (TagExpressionError, ConfigError) as error:
        raise SelectionError(f"the tags cannot be read: {error}") from error


def selected_scenarios(selection: Selection) -> list[Scenario]:
    """The scenarios and rows of outlines that are selected; raises SelectionError when there are none or they cannot be read."""
    return read_model(_configuration([], selection), selection).selected


class Model(NamedTuple):
    """Features as behave read them, and the scenarios selected of them. Good for one pass, since it takes up the results."""

    features: list[Feature]
    selected: list[Scenario]
    shard_plan: str = ""
    """The fingerprint of the plan by which shards were cut; empty without one."""


def read_model(configuration: Configuration, selection: Selection) -> Model:
    """Read the features; raises SelectionError when one cannot be read, a tag is unknown or no scenario is selected."""
    features = _features(configuration)
    _refuse_unknown_tags(selection, features)
    _learn_secrets(features)
    selected = [scenario for feature in features for scenario in feature.walk_scenarios() if scenario.should_run(configuration)]
    keys: list[str] = []
    if selection.only is not None or selection.shard is not None:
        known = {key: identity for feature in features for key, identity in identities_of(feature).items()}
        _refuse_what_is_gone(selection, features, set(known.values()))
        selected = [scenario for scenario in selected if selection.only is None or known[id(scenario)] in selection.only]
        keys = [str(known[id(scenario)]) for scenario in selected]
    fingerprint = ""
    if selection.shard is not None:
        fingerprint = selection.shard.fingerprint(keys)
        part = selection.shard.part(keys)
        selected = [scenario for scenario in selected if str(known[id(scenario)]) in part]
    # a shard may be empty: there are more parts than scenarios
    if not selected and not keys:
        asked = [*selection.paths, *(f"--tags {tag}" for tag in selection.tags), *(f"--name {name}" for name in selection.names)]
        asked += [selection.why_only] if selection.why_only else []
        asked += [f"--shard {selection.shard}"] if selection.shard else []
        names = [str(scenario.name) for feature in features for scenario in feature.walk_scenarios()]
        nearest = did_you_mean(selection.names[0], names) if selection.names else ""
        raise SelectionError(f"no scenario is selected by: {', '.join(asked)}.{nearest}{_overlooked(selection)}")
    return Model(features, selected, fingerprint)


def _overlooked(selection: Selection) -> str:
    return "".join(f" {each}." for each in overlooked_features(map(Path, selection.paths)))


def _features(configuration: Configuration) -> list[Feature]:
    try:
        return read_selected([location for path in configuration.paths for location in _locations(path)])
    except InvalidFilenameError as error:
        raise SelectionError(f"{error} is not a feature: its name must end with .feature") from error
    except (UnreadableFile, InvalidFileLocationError, OSError, ValueError) as error:
        raise SelectionError(f"a feature cannot be read: {error}") from error


def _locations(path: str) -> list[FileLocation]:
    """behave would leave out folders that cannot be read, and go round in circles of links."""
    if not Path(path).is_dir():
        return list(collect_feature_locations([path]))
    return [FileLocation(str(file)) for file in find_files([Path(path)], unreadable=_refuse)]


def _refuse(error: UnreadableFile) -> NoReturn:
    raise error


def _refuse_what_is_gone(selection: Selection, features: list[Feature], known: set[Identity]) -> None:
    """What was renamed or moved would be left out, and the rest could be green without it."""
    read = {feature.filename for feature in features}
    asked = sorted(selection.only or (), key=str)
    gone = [identity for identity in asked if identity not in known and (identity.file in read or not is_there(Path(identity.file)))]
    if gone:
        more = f", like {len(gone) - 1} more" if len(gone) > 1 else ""
        raise SelectionError(
            f"{selection.why_only}: '{gone[0]}' is not there any more{more}, so it cannot be run again: run without --rerun-failed"
        )


def _learn_secrets(features: list[Feature]) -> None:
    """What a table has under or beside `password` comes into names, steps and what they print, where nothing tells that it is one."""
    for scenario in (scenario for feature in features for scenario in feature.walk_scenarios()):
        tables = [step.table for step in scenario.all_steps if step.table is not None]
        for heading, cell in (*row_of(scenario), *(pair for table in tables for pair in _named_cells(table))):
            if is_sensitive(heading) and MADE_UP.fullmatch(cell):
                learn_secret(cell)


def _named_cells(table: Table) -> Iterator[tuple[str, str]]:
    """The cells of a step's table, each with its heading, or with what stands before it in a table of two columns."""
    for row in table.rows:
        yield from zip(table.headings, row.cells, strict=False)
    if len(table.headings) == 2:
        yield from ((cells[0], cells[1]) for cells in (table.headings, *(row.cells for row in table.rows)))


def _refuse_unknown_tags(selection: Selection, features: list[Feature]) -> None:
    """A mistyped tag would select nothing, or, after a `not`, everything."""
    if not selection.tags:
        return
    # the table of tags takes a while to import, and most runs are not selected by tags
    from support.authoring.tags import problem_of

    carried = {str(tag) for feature in features for scenario in feature.walk_scenarios() for tag in scenario.effective_tags}
    words = {word.lstrip("~-@") for expression in selection.tags for word in re.split(r"[\s(),]+", expression)}
    for tag in sorted(words - carried - OPERATORS - {""}):
        if not any(letter in tag for letter in "*?[") and (problem := problem_of(tag)):
            raise SelectionError(f"the tags select nothing: {problem}")
