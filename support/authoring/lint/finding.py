"""What the lint found."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """Something to fix: where it stands, why it matters and what to do. `wrong_input`: the file cannot be looked at at all."""

    file: Path
    line: int
    why: str
    what_to_do: str
    rule: str = ""
    wrong_input: bool = False

    @property
    def place(self) -> str:
        """`file:line`, which editors and terminals open."""
        return f"{self.file}:{self.line}"
