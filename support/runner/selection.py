"""Which scenarios to run: what was asked for, made into behave's configuration, and refused where it cannot be run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from behave.configuration import Configuration
from behave.exception import ConfigError, TagExpressionError
from behave.model import Scenario
from behave.parser import ParserError
from behave.runner_util import InvalidFileLocationError, collect_feature_locations, parse_features

from reports.junit import PartsJUnitReporter
from reports.run_folder import RunFolder


class SelectionError(Exception):
    """The features that were asked for cannot be run: not found, not readable, or none selected."""


@dataclass(frozen=True)
class Selection:
    """Which scenarios to run: paths of features (file, folder or file:line), a tag expression, parts of names."""

    paths: tuple[str, ...] = ("features",)
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def configuration_of(selection: Selection, folder: RunFolder, *, allure: bool) -> Configuration:
    """behave's configuration, made here and from no file, since a tox.ini would erase what pyproject.toml says.

    Raises:
        SelectionError: a path is not there, the tags cannot be read, a feature cannot be read, or nothing is selected.
    """
    arguments = ["--no-capture-hooks", "--junit", "--junit-directory", str(folder.junit), "--no-summary", "--show-skipped"]
    arguments += ["--format", "reports.console:ConsoleFormatter", "--outfile", "-"]
    if allure:
        arguments += ["--format", "reports.allure:HonestAllureFormatter", "--outfile", str(folder.allure)]
    configuration = _configuration(arguments, selection)
    configuration.reporters = [PartsJUnitReporter(configuration)]
    _refuse_empty_selection(configuration, selection)
    return configuration


def selected_scenarios(selection: Selection) -> list[Scenario]:
    """The scenarios and rows of outlines that are selected; raises SelectionError as `configuration_of` does."""
    configuration = _configuration([], selection)
    _refuse_empty_selection(configuration, selection)
    return list(_selected(configuration))


def _configuration(arguments: list[str], selection: Selection) -> Configuration:
    missing = [path for path in selection.paths if not Path(path.rpartition(":")[0] or path).exists() and not Path(path).exists()]
    if missing:
        raise SelectionError(f"no such feature file or folder: {', '.join(missing)}")
    chosen = [f"--tags={tag}" for tag in selection.tags] + [f"--name={name}" for name in selection.names]
    try:
        return Configuration([*arguments, *chosen, *selection.paths], load_config=False)
    except (TagExpressionError, ConfigError) as error:
        raise SelectionError(f"the tags cannot be read: {error}") from error


def _refuse_empty_selection(configuration: Configuration, selection: Selection) -> None:
    if not list(_selected(configuration)):
        asked = ", ".join([*selection.paths, *(f"--tags {tag}" for tag in selection.tags), *(f"--name {name}" for name in selection.names)])
        raise SelectionError(f"no scenario is selected by: {asked}")


def _selected(configuration: Configuration) -> Iterator[Scenario]:
    try:
        features = parse_features(collect_feature_locations(configuration.paths), language=configuration.lang)
    except (ParserError, InvalidFileLocationError, UnicodeDecodeError) as error:
        raise SelectionError(f"a feature cannot be read: {error}") from error
    for feature in features:
        yield from (scenario for scenario in feature.walk_scenarios() if scenario.should_run(configuration))
