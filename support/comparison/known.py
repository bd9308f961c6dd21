"""Differences that are known, each with a reason, in a TOML file that people keep. Source: our choice."""

import tomllib
from collections.abc import Mapping
from pathlib import Path


class WrongKnownDifferences(ValueError):
    """The file cannot be read, or an entry says no reason."""


def read_known(file: Path) -> Mapping[tuple[str, str], str]:
    """The reasons of known differences; none when there is no file. Raises WrongKnownDifferences.

    The file has an entry for each: `[[known]]` with `where` and `what` as they are printed, and the `reason`.
    """
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("known", [])
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongKnownDifferences(f"{file} cannot be read: {error}") from error
    known: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        where, what, reason = (str(entry.get(name, "")).strip() if isinstance(entry, dict) else "" for name in ("where", "what", "reason"))
        if not (where and what and reason):
            raise WrongKnownDifferences(f"{file}: entry {number} needs `where`, `what` and a `reason`, each a text")
        known[where, what] = reason
    return known
