"""What a scenario is called over many runs and in every report: lines move, names stay. Source: our choice."""

import hashlib

from support.frozen import Frozen


class Identity(Frozen):
    """A scenario's file, rule, name and row of Examples; `occurrence` tells apart those that are alike in all of these."""

    file: str
    name: str
    rule: str = ""
    row: str = ""
    """The cells, as in `kind=a, rows=1`."""
    occurrence: int = 1

    def __str__(self) -> str:
        row = f" ({self.row})" if self.row else ""
        return f"{self.case}{row}{f' #{self.occurrence}' if self.occurrence > 1 else ''}"

    @property
    def case(self) -> str:
        """Without the row: what all rows of an outline have in common."""
        return ": ".join(part for part in (self.file, self.rule, self.name) if part)

    def digest(self) -> str:
        """32 hexadecimal digits that no other scenario has."""
        return digest(self.file, self.rule, self.name, self.row, str(self.occurrence))


def digest(*parts: str) -> str:
    """32 hexadecimal digits that no other parts have."""
    return hashlib.md5("\x1f".join(parts).encode(errors="replace"), usedforsecurity=False).hexdigest()
