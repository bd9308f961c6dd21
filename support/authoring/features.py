"""Feature files, read without running anything, and refused with the line and the reason where they cannot be run."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from behave.i18n import languages
from behave.model import Feature, Rule, Scenario, ScenarioOutline
from behave.model_type import FileLocation
from behave.parser import Parser, ParserError, State
from behave.runner_util import parse_features

from support.nearest import did_you_mean
from support.runner.behave_caches import keep_what_never_changes

LARGEST_BYTES = 1 << 20
SUFFIX = ".feature"
# str.splitlines, which behave counts lines with, ends a line at these too, but no editor does
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
LANGUAGE = re.compile(r"\s*#\s*language:\s*(\S*)", re.IGNORECASE)

keep_what_never_changes()


class UnreadableFile(Exception):
    """A file cannot be used; `line` is where, 1 when it is the whole file."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}, line {line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Case:
    """One scenario as it runs; `written` is what stands in the file: itself, or the outline that an Examples row fills in."""

    feature: Feature
    rule: Rule | None
    written: Scenario | ScenarioOutline
    scenario: Scenario

    @property
    def tags(self) -> list[str]:
        """Its own tags and those it inherits."""
        return sorted(str(tag) for tag in self.scenario.effective_tags)

    def descriptions(self) -> list[str]:
        """Its own description, its rule's and its feature's."""
        holders = [self.written, *([self.rule] if self.rule else []), self.feature]
        return ["\n".join(holder.description) for holder in holders]


@dataclass(frozen=True)
class FeatureFile:
    """A feature file that can be run."""

    path: Path
    text: str
    feature: Feature

    def written(self) -> Iterator[tuple[Rule | None, Scenario | ScenarioOutline]]:
        """Scenarios and outlines as they stand in the file, each with the rule around it."""
        rules = [(rule, item) for rule in self.feature.rules for item in rule.scenarios]
        alone = [(None, item) for item in self.feature.scenarios]
        yield from sorted([*alone, *rules], key=lambda pair: pair[1].line)

    def cases(self) -> Iterator[Case]:
        """Scenarios as they run: an outline gives one a row."""
        for rule, item in self.written():
            rows = item.scenarios if isinstance(item, ScenarioOutline) else [item]
            yield from (Case(self.feature, rule, item, scenario) for scenario in rows)


def read_feature(path: Path) -> FeatureFile:
    """Read one feature file; raises UnreadableFile."""
    text = read_text(path)
    _refuse_unknown_language(path, text)
    parser = Parser()
    try:
        feature = parser.parse(text, str(path))
    except ParserError as error:
        raise UnreadableFile(path, error.line or 1, _reason(error)) from error
    except Exception as error:  # behave's parser is not prepared for everything
        raise UnreadableFile(path, max(1, parser.line), f"behave cannot read this line ({type(error).__name__})") from error
    if feature is None:
        raise UnreadableFile(path, 1, "there is no feature in the file: it has to begin with 'Feature: <name>'")
    _refuse_lost_rest(path, parser)
    return FeatureFile(path, text, feature)


def read_selected(locations: Sequence[FileLocation]) -> list[Feature]:
    """The features of these places, with only the scenarios of those that name a line; raises UnreadableFile."""
    files = [Path(name) for name in dict.fromkeys(str(location.filename) for location in locations)]
    try:
        for file in files:
            _refuse_unknown_language(file, read_text(file))
        features = parse_features(locations)
        for feature in features:
            _refuse_lost_rest(Path(feature.filename), feature.parser)
    except UnreadableFile:
        raise
    except Exception:
        # once more, one by one, since behave does not always say which file and line
        for file in files:
            read_feature(file)
        raise
    if len(features) < len(files):
        for file in files:
            read_feature(file)
    return list(features)


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; one with an impossible name is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_text(path: Path) -> str:
    """The text of a file that people wrote; raises UnreadableFile."""
    try:
        if not path.exists():
            raise UnreadableFile(path, 1, "there is no such file")
        if not path.is_file():
            raise UnreadableFile(path, 1, "is not a file")
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadableFile(path, 1, f"is larger than {LARGEST_BYTES >> 10} KiB: nobody could read that; split it")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableFile(path, 1, f"cannot be read: {reason}") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableFile(path, line, "is not UTF-8 text: save it with that encoding") from error
    if text.startswith("\ufeff"):
        raise UnreadableFile(path, 1, "begins with a byte order mark: save it as UTF-8 without one")
    if found := INVISIBLE.search(text):
        line = text[: found.start()].count("\n") + 1
        raise UnreadableFile(path, line, f"holds an invisible character (U+{ord(found[0]):04X}): remove it")
    return text


def find_files(paths: Iterable[Path], suffixes: tuple[str, ...] = (SUFFIX,)) -> Iterator[Path]:
    """The files with such an ending in files and folders, each once, sorted within a folder; links to folders are not followed."""
    seen: set[Path] = set()
    for path in paths:
        for file in _files_below(path, suffixes) if path.is_dir() else [path]:
            if file not in seen:
                seen.add(file)
                yield file


def _files_below(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(parent, name) for name in sorted(files) if name.endswith(suffixes))


def _refuse_lost_rest(path: Path, parser: Parser) -> None:
    if parser.state == State.MULTILINE_TEXT:
        raise UnreadableFile(path, parser.multiline_start, "the text that begins here is never closed, so the rest of the file is lost")
    if parser.tags:
        raise UnreadableFile(path, parser.tags[-1].line, "the tags at the end of the file belong to nothing")


def _refuse_unknown_language(path: Path, text: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip().startswith("#"):
            if line.strip():
                return
        elif (found := LANGUAGE.match(line)) and found[1] not in languages:
            raise UnreadableFile(path, number, f"'{found[1]}' is not a language of Gherkin.{did_you_mean(found[1], languages)}")


def _reason(error: ParserError) -> str:
    if "Parser failure in state" in error.args[0]:
        reason = error.args[0].partition("REASON: ")[2].strip()
        line = (error.line_text or "").strip()
        shown = line if len(line) <= 80 else f"{line[:80]}..."
        return f"'{shown}' cannot stand here{f': {reason}' if reason else ': it begins with no keyword of Gherkin'}"
    return re.sub(rf" at line {error.line}\b", "", str(error.args[0])).strip()
