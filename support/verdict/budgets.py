"""How long rings and a release may take; `budgets.toml` changes that, and has to say why it gives more time. Source: our choice.

```toml
[ring2]
minutes = 15
reason = "the object store of the farm is slow until issue 41 is done"
```
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from support.nearest import did_you_mean
from support.toml_entries import WrongEntries, read_entries

FILE = Path("budgets.toml")
RELEASE = "release"
DEFAULT_MINUTES = {"ring1": 5.0, "ring2": 10.0, "ring3": 60.0, RELEASE: 35.0}


class BudgetsError(Exception):
    """The file of budgets is wrong; the text says where and what would do."""


@dataclass(frozen=True)
class Budget:
    """Minutes, and why they are more than usual."""

    minutes: float
    reason: str = ""


@dataclass(frozen=True)
class _Entry:
    # pydantic's, for what stands in the file
    __pydantic_config__: ClassVar = {"extra": "forbid"}

    minutes: float
    reason: str = ""


def default_budgets() -> dict[str, Budget]:
    """Without a file."""
    return {name: Budget(minutes) for name, minutes in DEFAULT_MINUTES.items()}


def read_budgets(file: Path | None = None) -> Mapping[str, Budget]:
    """The budget of each ring and of a release, by name. Raises BudgetsError.

    Args:
        file: has to be there; when left out, `budgets.toml` of the working directory if there is one.
    """
    if file is None and not FILE.exists():
        return default_budgets()
    found = _entries(file or FILE)
    for name, entry in found.items():
        _check(file or FILE, name, entry)
    return default_budgets() | {name: Budget(entry.minutes, entry.reason.strip()) for name, entry in found.items()}


def _entries(file: Path) -> dict[str, _Entry]:
    shape = "a budget has minutes and, when it is raised, a reason"
    try:
        return read_entries(file, _Entry, missing=f"there is no file of budgets {file}", shape=shape)
    except WrongEntries as error:
        raise BudgetsError(str(error)) from error


def _check(file: Path, name: str, entry: _Entry) -> None:
    usual = DEFAULT_MINUTES.get(name)
    if usual is None:
        known = ", ".join(DEFAULT_MINUTES)
        raise BudgetsError(f"{file}: '{name}' has no budget.{did_you_mean(name, DEFAULT_MINUTES)} There are budgets for {known}")
    if not 0 < entry.minutes < float("inf"):
        raise BudgetsError(f"{file}: {name}: minutes have to be more than 0, not {entry.minutes:g}")
    if entry.minutes > usual and not entry.reason.strip():
        raise BudgetsError(f"{file}: {name}: {entry.minutes:g} minutes are more than the usual {usual:g}: write the reason beside them")
