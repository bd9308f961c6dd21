"""The random mutants for people: the kill rate by service, the survivors as diffs, and the trend; on the console and in `mutants.md`."""

from pathlib import Path

from rich.table import Table

from support.mutation.equivalents import FILE, Equivalent
from support.mutation.outcome import Ending, MutantOutcome, MutationReport
from support.redaction import redact
from support.terminal import say, show_table

RUNS_SHOWN = 10


def print_mutants(report: MutationReport) -> None:
    """Print survivors, the kill rate by service, and how it was before."""
    for each in report.survivors:
        say(f"\n{_heading(each)}", "red")
        say(each.diff)
    table = Table(title="Mutants killed")
    for heading in ("service", "killed", "of", "%"):
        table.add_column(heading, justify="left" if heading == "service" else "right")
    for service, rate in report.services.items():
        table.add_row(service, str(rate.killed), str(rate.mutants), f"{rate.percent:.0f}")
    show_table(table)
    for line in _remarks(report):
        say(line, "yellow")
    for line in _trend(report):
        say(line)
    say(_total(report), "red" if report.survivors else "green")


def write_markdown(report: MutationReport, folder: Path) -> Path:
    """Write `mutants.md` and return its path."""
    lines = ["# Random mutants", "", _total(report), *_remarks(report), "", "| service | killed | of | % |", "|---|---|---|---|"]
    lines += [f"| {name} | {rate.killed} | {rate.mutants} | {rate.percent:.0f} |" for name, rate in report.services.items()]
    lines += ["", "## Survivors", ""]
    lines += [_survivor(each) for each in report.survivors] or ["None."]
    lines += ["", "## Killed", "", "| where | rule | by | words | seconds |", "|---|---|---|---|---|"]
    for each in report.mutants:
        if each.ending is Ending.KILLED:
            words = " ".join(redact(each.words or "").split())[:160]
            words = f"took too long: {words}" if each.by_time else words
            shown = (f"{each.file}:{each.line}", each.rule, each.by or "", words, f"{each.seconds:.1f}")
            lines.append("| " + " | ".join(text.replace("|", "\\|") for text in shown) + " |")
    lines += ["", "## Trend", "", *(f"- {line}" for line in _trend(report))]
    file = folder / "mutants.md"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _heading(outcome: MutantOutcome) -> str:
    heading = f"{outcome.service}: {outcome.file}:{outcome.line}, {outcome.rule}: {outcome.ending}"
    if outcome.ending is Ending.UNTOUCHED:
        return heading
    cut = f", {outcome.left_out} more were left out for want of time" if outcome.left_out else ""
    return f"{heading} ({outcome.tried} scenarios that {outcome.how}{cut})"


def _survivor(outcome: MutantOutcome) -> str:
    entry = Equivalent(outcome.file, outcome.within, outcome.was, outcome.becomes, "").as_toml()
    mark = f"<details><summary>for {FILE}, if nobody could notice it</summary>\n\n```toml\n{entry}\n```\n\n</details>"
    return f"### {_heading(outcome)}\n\n```diff\n{outcome.diff}\n```\n\n{mark}\n"


def _remarks(report: MutationReport) -> list[str]:
    lines = [f"not used, since it does not pass without any mutant: {where} ({how})" for where, how in report.not_green.items()]
    lines += [f"{FILE} marks a line that is not there any more: {mark}" for mark in report.stale_marks]
    if report.killed_by_time:
        lines.append(f"{report.killed_by_time} of the killed only took too long, as on a machine that has too much to do: see `mutants.md`")
    lines += [
        f"{each.file}:{each.line}, {each.rule}: {each.ending}, since without it as well {each.by or 'something'} went wrong"
        for each in report.undecided
    ]
    missing = report.asked - len(report.mutants)
    return [*lines, f"there are {missing} mutants fewer than asked for: the code has no more"] if missing else lines


def _trend(report: MutationReport) -> list[str]:
    earlier = [f"{point.run}, seed {point.seed}: {point.total}" for point in report.trend[-RUNS_SHOWN:]]
    return [*earlier, f"{report.run}, seed {report.seed}: {report.total}"]


def _total(report: MutationReport) -> str:
    return f"{report.total}, in {report.seconds:.0f} s; seed {report.seed}"
