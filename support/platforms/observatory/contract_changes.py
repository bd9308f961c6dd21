"""What a change of a contract means for those who rely on it, and which version it has to have.

Source: odd-demonstration, contracts/VERSIONS.md: what breaks is a new major version, what adds a minor one. Looked at deeper than its own
check does, which stops at the first level and sees neither patterns nor formats.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]
LIMITS = ("type", "format", "pattern", "const", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
"""What a value is held to; any change of these may refuse what was accepted, or promise less than before."""
MAJOR, MINOR, PATCH = "major", "minor", "patch"


@dataclass(frozen=True)
class Change:
    """One difference of two versions of a contract."""

    what: str
    breaks: bool

    def __str__(self) -> str:
        return self.what


def changes(old: Schema, new: Schema, where: str = "") -> Iterator[Change]:
    """Everything that differs for writers and readers; descriptions and titles are nobody's concern."""
    yield from _changed_fields(old.get("properties", {}), new.get("properties", {}), where)
    yield from _changed_duties(old, new, where)
    yield from _changed_limits(old, new, where)


def needed_version(old: Schema, new: Schema) -> str:
    """Which number of the version has to rise: major, minor or patch; patch also when nothing differs."""
    found = list(changes(old, new))
    if any(change.breaks for change in found):
        return MAJOR
    return MINOR if found else PATCH


def too_small_step(old: Schema, new: Schema) -> str | None:
    """Why the new version's number does not rise enough for what it changes, in one sentence; None when it does."""
    was, now = (_numbers(str(schema.get("$version", ""))) for schema in (old, new))
    needed = needed_version(old, new)
    rises = {MAJOR: now[0] > was[0], MINOR: now[:2] > was[:2], PATCH: now >= was}[needed]
    if rises:
        return None
    told = "; ".join(str(change) for change in changes(old, new)) or "nothing"
    return f"{new.get('$version')} after {old.get('$version')} is too small a step for: {told}. It needs a new {needed} version"


def read_schemas(folder: Path) -> dict[str, Schema]:
    """The contracts of a folder, by name; raises ValueError where one is no JSON."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        try:
            found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise ValueError(f"{file} cannot be read: line {error.lineno}: {error.msg}") from error
    return found


def _changed_fields(old: Mapping[str, Schema], new: Mapping[str, Schema], where: str) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        path = f"{where}.{name}".lstrip(".")
        if name not in new:
            yield Change(f"{path} is gone", True)
        elif name not in old:
            yield Change(f"{path} is new", False)
        else:
            yield from changes(old[name], new[name], path)


def _changed_duties(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(after - before):
        yield Change(f"{where}.{name} has to be there now".lstrip("."), True)
    for name in sorted(before - after):
        yield Change(f"{where}.{name} may be missing now".lstrip("."), True)


def _changed_limits(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    place = where or "the whole"
    for limit in LIMITS:
        if old.get(limit) != new.get(limit):
            yield Change(f"the {limit} of {place} is {new.get(limit)}, and was {old.get(limit)}", True)
    if old.get("additionalProperties", True) != new.get("additionalProperties", True):
        closes = new.get("additionalProperties", True) is False
        yield Change(f"{place} {'refuses' if closes else 'allows'} fields that are not named", closes)
    if ("enum" in old) != ("enum" in new):
        yield Change(f"{place} {'has a list of values now' if 'enum' in new else 'has no list of values any more'}", True)
    for value in sorted(set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ())))):
        yield Change(f"{place} may not be {value} any more", True)
    for value in sorted(set(new.get("enum", ())) - set(old.get("enum", new.get("enum", ())))):
        yield Change(f"{place} may be {value} now", False)


def _numbers(version: str) -> tuple[int, int, int]:
    numbers = version.split(".")
    if len(numbers) != 3 or not all(number.isdigit() for number in numbers):
        raise ValueError(f"'{version}' is no version of a contract: three numbers, such as 1.0.0")
    major, minor, patch = map(int, numbers)
    return major, minor, patch
