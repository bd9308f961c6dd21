"""Differences that are known, each with a reason, in a TOML file that people keep. Source: our choice."""

import tomllib
from collections.abc import Mapping
from pathlib import Path


class WrongKnownDifferences(ValueError):
    """The file cannot be read, or an entry says no reason."""


def read_known(file: Path, *, may_be_missing: bool = True) -> Mapping[tuple[str, str], str]:
    """The reasons of known differences. Raises WrongKnownDifferences.

    Args:
        file: has an entry for each: `[[known]]` with `where` and `what` as they are printed, and the `reason`.
        may_be_missing: without a file none is known; else that is wrong, too.
    """
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("known", [])
    except FileNotFoundError:
        if may_be_missing:
            return {}
        raise WrongKnownDifferences(f"there is no {file} with known differences") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongKnownDifferences(f"{file} cannot be read: {error}") from error
    known: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        where, what, reason = (str(entry.get(name, "")).strip() if isinstance(entry, dict) else "" for name in ("where", "what", "reason"))
        if not (where and what and reason):
            raise WrongKnownDifferences(f"{file}: entry {number} needs `where`, `what` and a `reason`, each a text")
        known[where, what] = reason
    return known
