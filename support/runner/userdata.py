"""What projects tell their steps by `context.config.userdata`: the files that behave reads it from, and `-D NAME=VALUE`.

Source: behave 1.3.3. Its files are read here for userdata alone; what else they say is for plain behave.
"""

import configparser
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

INI_FILES = ("behave.ini", ".behaverc", "setup.cfg", "tox.ini")
TOML_FILE = "pyproject.toml"
MAY_NAME_BEHAVE = re.compile(r"^\s*(?:\[.*|[\w. ]*)behave", re.MULTILINE)
"""A heading or a key of TOML; of most projects the file says nothing to behave, and reading it all would take a fiftieth of a start."""
SECTION = "behave.userdata"
SELECTING = ("tags", "default_tags", "include_re", "exclude_re", "name", "stage", "stop", "dry_run", "wip")
"""Settings of behave's that would make another run of it."""


class UserdataError(ValueError):
    """A file of behave's settings cannot be read, or a definition has no name; the text says which."""


class BehaveFile(NamedTuple):
    """A file of behave's settings."""

    name: str
    settings: Mapping[str, Mapping[str, Any]]
    """By section: behave's own, and userdata."""


def userdata_of(files: Sequence[BehaveFile], defined: Iterable[str]) -> dict[str, str]:
    """What the files say, and over it what is defined as `NAME=VALUE` (or `NAME`, which is true); raises UserdataError."""
    # of several files the one that behave looks at first counts
    found: dict[str, str] = {}
    for file in reversed(files):
        found |= {name: str(value) for name, value in file.settings.get(SECTION, {}).items()}
    for definition in defined:
        name, given, value = definition.partition("=")
        if not name.strip():
            raise UserdataError(f"-D {definition}: there is no name before the '='; write NAME=VALUE")
        found[name.strip()] = value.strip() if given else "true"
    return found


def without_effect(files: Iterable[BehaveFile]) -> list[str]:
    """A sentence for each file that selects scenarios in a way that only plain behave follows."""
    told = []
    for file in files:
        if names := [name for name in SELECTING if name in file.settings.get("behave", {})]:
            told.append(f"{file.name}: {', '.join(names)} has no effect here, only on plain behave: use the options of `ringmaster run`")
    return told


def read_behave_files(folder: Path) -> list[BehaveFile]:
    """Those in a project's folder, in behave's order; raises UserdataError."""
    found = [BehaveFile(name, _ini(folder / name)) for name in INI_FILES if (folder / name).is_file()]
    return [*found, BehaveFile(TOML_FILE, _toml(folder / TOML_FILE))] if (folder / TOML_FILE).is_file() else found


def _ini(file: Path) -> Mapping[str, Mapping[str, Any]]:
    parser = configparser.ConfigParser()
    # names as they are written
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read(file, encoding="utf-8")
        return {name: dict(parser.items(name)) for name in ("behave", SECTION) if parser.has_section(name)}
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        raise UserdataError(f"{file.name} cannot be read: {' '.join(str(error).split())}") from error


def _toml(file: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
        behave = tomllib.loads(text).get("tool", {}).get("behave", {}) if MAY_NAME_BEHAVE.search(text) else {}
        return {"behave": behave, SECTION: dict(behave.get("userdata", {}))}
    except (ValueError, OSError, AttributeError, TypeError) as error:
        raise UserdataError(f"{file.name} cannot be read: {error}") from error
