"""The sabotage matrix for people: a table on the console and `matrix.md`."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from support.redaction import redact
from support.sabotage_matrix.matrix import Cell, Matrix
from support.terminal import say, show_table

LONGEST_WORDS = 160


def print_matrix(matrix: Matrix) -> None:
    """Print which scenario caught which sabotage at which step, the gaps, and the counts."""
    table = Table(title="What caught what", expand=True)
    table.add_column("sabotage", no_wrap=True)
    table.add_column("scenario", ratio=1)
    table.add_column("ended")
    table.add_column("at the step, with the words", ratio=2)
    table.add_column("seconds", justify="right")
    for cell in _under_sabotage(matrix):
        style = "green" if cell.catches else "yellow" if cell.status == "skipped" else "red"
        table.add_row(cell.sabotage, cell.scenario, Text(cell.status, style), _how(cell), f"{cell.seconds:.1f}")
    show_table(table)
    for reason, where in _by_reason(matrix).items():
        say(f"Catches no sabotage: {reason}\n  {where}")
    for finding in matrix.findings:
        say(f"{finding.what}: {finding.gap}", "red")
    say(_counts(matrix), "red" if matrix.findings else "green")


def write_markdown(matrix: Matrix, folder: Path) -> Path:
    """Write `matrix.md` and return its path."""
    lines = ["# Sabotage matrix", "", _counts(matrix), "", "## Gaps", ""]
    lines += [f"- {finding.what}: {finding.gap}" for finding in matrix.findings] or ["None."]
    lines += [
        "",
        "## What caught what",
        "",
        "| sabotage | scenario | ended | at the step, with the words | seconds |",
        "|---|---|---|---|---|",
    ]
    for cell in _under_sabotage(matrix):
        shown = (cell.sabotage or "", f"{cell.scenario} ({cell.location})", cell.status, _how(cell), f"{cell.seconds:.1f}")
        lines.append("| " + " | ".join(text.replace("|", "\\|") for text in shown) + " |")
    lines += ["", "## The sabotages", "", "| name | what it does | what it stands for | seconds |", "|---|---|---|---|"]
    for sabotage in matrix.known:
        seconds = matrix.run_seconds.get(sabotage.name)
        lines.append(f"| {sabotage} | {sabotage.meaning} | {sabotage.incident} | {f'{seconds:.1f}' if seconds else 'not run'} |")
    lines += ["", "## Scenarios that catch none", ""]
    lines += [f"- {reason}: {where}" for reason, where in _by_reason(matrix).items()] or ["None."]
    file = folder / "matrix.md"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _under_sabotage(matrix: Matrix) -> list[Cell]:
    return sorted((cell for cell in matrix.cells if cell.sabotage), key=lambda cell: (str(cell.sabotage), cell.location))


def _by_reason(matrix: Matrix) -> dict[str, str]:
    """Where the scenarios are that catch no sabotage, by the reason they give."""
    found: dict[str, dict[str, list[str]]] = {}
    for location, reason in matrix.catch_none.items():
        file, _, line = location.rpartition(":")
        found.setdefault(reason, {}).setdefault(file, []).append(line)
    return {reason: "; ".join(f"{file} ({_lines(lines)})" for file, lines in files.items()) for reason, files in found.items()}


def _lines(numbers: list[str]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


def _counts(matrix: Matrix) -> str:
    under = _under_sabotage(matrix)
    seeing = {cell.location for cell in under if cell.catches}
    gaps = f"{len(matrix.findings)} gap{'' if len(matrix.findings) == 1 else 's'}"
    return (
        f"{len(matrix.caught)} of {len(matrix.sabotages)} sabotages caught, by {len(seeing)} scenarios, in {matrix.seconds:.0f} s; {gaps}"
    )


def _how(cell: Cell) -> str:
    words = _short(redact(cell.words)) if cell.words else ""
    return f"{cell.step}: {words}" if cell.step else words


def _short(words: str) -> str:
    """The words on one line."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 3] + "..."
