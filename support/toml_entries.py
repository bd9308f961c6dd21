"""TOML files of named entries that all look alike, such as `profiles.toml` and `budgets.toml`. Source: our choice."""

import tomllib
from pathlib import Path
from typing import TypeVar

EntryT = TypeVar("EntryT")


class WrongEntries(Exception):
    """The file cannot be used; the text says where and what would do."""


def read_entries(file: Path, entry: type[EntryT], *, missing: str, shape: str) -> dict[str, EntryT]:
    """The entries by name; raises WrongEntries.

    Args:
        file: one table for each entry.
        entry: a dataclass.
        missing: what to say when there is no such file.
        shape: what an entry has, in words.
    """
    # loaded only where there is such a file, since it takes longer than the rest of a command line
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(dict[str, entry]).validate_python(tomllib.loads(file.read_text(encoding="utf-8")))  # type: ignore[valid-type]
    except FileNotFoundError as error:
        raise WrongEntries(missing) from error
    except (OSError, UnicodeDecodeError) as error:
        raise WrongEntries(f"{file} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise WrongEntries(f"{file} is not valid TOML: {error}") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise WrongEntries(f"{file}: {place}: {problem['msg']}; {shape}") from error
