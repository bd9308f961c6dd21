"""The settings file `ringmaster.toml`: settings, and what a project of its own declares in the tables [tags] and [capabilities].

```toml
[tags]
slow = "takes more than a minute"

[capabilities]
printer = "no printer is connected to this machine"   # empty when it is there
```
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FILE_VARIABLE = "RINGMASTER_SETTINGS_FILE"
DEFAULT_FILE = "ringmaster.toml"
DECLARATIONS = ("tags", "capabilities")


class SettingsError(Exception):
    """A setting is missing, unknown or wrong; the text says which, where it stands and what would do."""


class Declared(NamedTuple):
    """What a project declares for itself: tags with their meaning, capabilities with the reason why they are missing here, or empty."""

    tags: Mapping[str, str] = {}
    capabilities: Mapping[str, str] = {}


_more_files: set[Path] = set()


def settings_file() -> Path:
    """Where settings are read from; it may not exist."""
    return Path(os.environ.get(FILE_VARIABLE) or DEFAULT_FILE)


def read_file() -> dict[str, Any]:
    """What stands in the settings file; empty without one. Raises SettingsError."""
    file = settings_file()
    if file.exists():
        return _read(file)
    if os.environ.get(FILE_VARIABLE):
        raise SettingsError(f"the settings file {file} (named by {FILE_VARIABLE}) does not exist: create it or unset the variable")
    return {}


def declare_also(paths: Iterable[Path]) -> None:
    """From now on, what the projects declare that these features belong to counts too: in the nearest `ringmaster.toml` above each."""
    for path in paths:
        place = path.absolute()
        _more_files.update([folder / DEFAULT_FILE for folder in (place, *place.parents) if (folder / DEFAULT_FILE).is_file()][:1])


def declared() -> Declared:
    """What the settings file and those of `declare_also` declare; raises SettingsError."""
    return _declared(settings_file().absolute(), *sorted(_more_files))


@cache
def _declared(*files: Path) -> Declared:
    tables: dict[str, dict[str, str]] = {name: {} for name in DECLARATIONS}
    for file in files:
        content = _read(file) if file.exists() else {}
        for name in DECLARATIONS:
            table = content.get(name, {})
            if not isinstance(table, dict) or not all(isinstance(words, str) for words in table.values()):
                what = "its meaning" if name == "tags" else "the reason why it is missing here, or an empty text"
                raise SettingsError(f'{file}: [{name}] has to give each name {what}, such as: name = "..."')
            tables[name] |= table
    return Declared(**tables)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"the settings file {file} is not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {file} cannot be read: {error}") from error
