"""Mutants that behave as the original does, which somebody has marked with the reason, so that nobody is asked again.

`features/<platform>/equivalent-mutants.toml` holds a table `[[equivalent]]` for each. Source: our choice.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

FILE = "equivalent-mutants.toml"


class WrongEquivalents(Exception):
    """The file cannot be used; the text says where and why."""


@dataclass(frozen=True)
class Equivalent:
    """A marked mutant: in which file and function, which lines became which (without indentation), and why nobody can notice it."""

    file: str
    within: str
    was: str
    becomes: str
    reason: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others."""
        return self.file, self.within, self.was, self.becomes

    def as_toml(self) -> str:
        """As it stands in the file."""
        return "\n".join(["[[equivalent]]", *(f"{each.name} = {_quoted(getattr(self, each.name))}" for each in fields(self))])


def read_equivalents(platform: str, features: Path = Path("features")) -> list[Equivalent]:
    """The marked mutants of a platform; none without a file. Raises WrongEquivalents."""
    file = features / platform / FILE
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise WrongEquivalents(f"{file} cannot be read: {error}") from error
    entries = written.get("equivalent", [])
    if set(written) - {"equivalent"} or not isinstance(entries, list):
        raise WrongEquivalents(f"{file}: only tables [[equivalent]] may stand there")
    return [_entry(file, number, entry) for number, entry in enumerate(entries, start=1)]


def stale(equivalents: Iterable[Equivalent], checkout: Path = Path()) -> list[Equivalent]:
    """Those whose lines do not stand in the code any more."""
    return [each for each in equivalents if not _stands(checkout / each.file, each.was)]


def _entry(file: Path, number: int, entry: object) -> Equivalent:
    names = [each.name for each in fields(Equivalent)]
    given = entry if isinstance(entry, dict) else {}
    good = sorted(given) == sorted(names) and all(isinstance(value, str) for value in given.values())
    if not good or not given["reason"].strip():
        raise WrongEquivalents(f"{file}: entry {number} needs {', '.join(names)}, each a text, and a reason that is not empty")
    return Equivalent(**given)


def _stands(file: Path, was: str) -> bool:
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return False
    return all(line in lines for line in was.splitlines())


def _quoted(text: str) -> str:
    if "\n" not in text and "'" not in text:
        return f"'{text}'"
    return "'''\n" + text + "'''" if "'''" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
