"""Profiles: named selections that CI and people share, kept in one file. Source: our choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

from support.nearest import did_you_mean
from support.runner.planning.errors import ProfileError
from support.toml_entries import WrongEntries, read_entries

FILE = Path("profiles.toml")


@dataclass(frozen=True)
class _Entry:
    # pydantic's, for what stands in the file
    __pydantic_config__: ClassVar = {"extra": "forbid"}

    meaning: str
    tags: str


class Profile(NamedTuple):
    """A selection by a tag expression, and when it is used."""

    name: str
    meaning: str
    tags: str


def read_profiles(file: Path = FILE) -> dict[str, Profile]:
    """All profiles by name; raises ProfileError."""
    missing = f"there is no file {file} here, which holds the profiles"
    try:
        entries = read_entries(file, _Entry, missing=missing, shape="a profile has a meaning and tags, both texts")
    except WrongEntries as error:
        raise ProfileError(str(error)) from error
    return {name: Profile(name, entry.meaning, entry.tags) for name, entry in entries.items()}


def find_profile(name: str, file: Path = FILE) -> Profile:
    """One profile; raises ProfileError with the nearest known name."""
    profiles = read_profiles(file)
    if name not in profiles:
        raise ProfileError(f"there is no profile '{name}'.{did_you_mean(name, profiles)} Known: {', '.join(profiles)}")
    return profiles[name]


def tags_of(profile: str | None, rings: Sequence[int] | None) -> list[str]:
    """The tag expressions that a profile and rings stand for; raises ProfileError."""
    chosen = [find_profile(profile).tags] if profile else []
    return [*chosen, " or ".join(f"@ring{ring}" for ring in rings)] if rings else chosen
