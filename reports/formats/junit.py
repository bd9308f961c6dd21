"""JUnit XML: a file a feature, with the parts of each step and the reason of each skip.

Source: behave 1.3.3's own reporter, whose form tools know.
"""

import os
import re
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from support.results.scenario_result import Failure, FeatureHeading, ScenarioResult, Status, StepResult, failure_weight

# those that are not allowed, since a set of all others takes twenty times as long to compile
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# written out, since xml.sax loads an HTTP client and takes longer than the whole report
IN_ATTRIBUTES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
ERRORS = (Status.ERROR, Status.HOOK_ERROR, Status.PENDING, Status.UNDEFINED)
PRIORITIES = ("p0", "p1", "p2")
SKIPS = (Status.SKIPPED, Status.UNTESTED)


class JUnitReport:
    """Writes into one folder; file and class names come from the features' paths alone, however they were selected."""

    def __init__(self, folder: Path, results: Path) -> None:
        """`results` is the folder of the run's results."""
        self._folder = folder
        self._results = results
        self._host = socket.gethostname()

    def feature(self, heading: FeatureHeading, results: Sequence[ScenarioResult]) -> None:
        """A feature is over."""
        place = dotted(heading.file)
        name = f"{place}.{heading.name or place}"
        cases = [self._case(name, own, result) for own, result in zip(_names(results), results, strict=True)]
        errors = sum(result.status.has_failed and result.status is not Status.FAILED for result in results)
        counts = {
            "tests": len(results),
            "errors": errors,
            "failures": sum(result.status is Status.FAILED for result in results),
            "skipped": sum(result.status in SKIPS for result in results),
            "time": _seconds(sum(result.seconds for result in results)),
            "timestamp": datetime.now().isoformat(),
            "hostname": self._host,
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        text = f"<?xml version='1.0' encoding='UTF-8'?>\n<testsuite {_attributes(name=name, **counts)}>{''.join(cases)}</testsuite>"
        (self._folder / f"TESTS-{place}.xml").write_text(text, encoding="utf-8")

    def _case(self, classname: str, name: str, result: ScenarioResult) -> str:
        file, _, line = result.location.rpartition(":")
        facts = _attributes(classname=classname, name=name, status=result.status, time=_seconds(result.seconds), file=file, line=line)
        captured = result.captured
        out = f"{self._description(result)}\nCaptured stdout:\n{captured.stdout}\n" if captured.stdout else self._description(result)
        parts = [_properties(result), _problem(result), f"<system-out>{_data(out)}</system-out>"]
        if captured.stderr:
            errors = f"\nCaptured stderr:\n{captured.stderr}\n"
            parts.append(f"<system-err>{_data(errors)}</system-err>")
        return f"<testcase {facts}>{''.join(parts)}</testcase>"

    def _description(self, result: ScenarioResult) -> str:
        """The scenario, with the attempts that failed before, and where its evidence is if it did not pass."""
        lines = [f"{result.ending}\n"] if result.attempts > 1 else []
        lines += [f"attempt {number} failed: {words}\n" for number, words in enumerate(result.failed_attempts, 1)]
        if result.evidence is not None and result.status is not Status.PASSED:
            lines.append(f"its evidence: {os.path.relpath(self._results / result.evidence)}\n")
        lines.append("\n@scenario.begin\n")
        if result.own_tags:
            lines.append(f"\n  {' '.join(f'@{tag}' for tag in result.own_tags)}\n")
        lines.append(f"  {result.keyword}: {result.name}\n")
        for step in result.steps:
            lines += [f"    {line}\n" for line in _described(step)]
        lines.append(f"\n@scenario.end\n{'-' * 80}\n")
        return "".join(lines)


def _names(results: Sequence[ScenarioResult]) -> Iterator[str]:
    """Each scenario's name, with its rule or a number where it is not the first of that name: GitLab shows only the first of them."""
    seen: Counter[str] = Counter()
    for result in results:
        name = result.name or result.keyword
        if seen[name] and result.identity.rule:
            name = f"{result.identity.rule}: {name}"
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} #{seen[name]}"


def _seconds(seconds: float) -> str:
    """Without an exponent, which is no decimal number for XML."""
    return f"{seconds:.6f}"


def _properties(result: ScenarioResult) -> str:
    """Whether it blocks, and where it is; first of all, as Jenkins's reader wants them."""
    file, _, line = result.location.rpartition(":")
    values = {
        "priority": next((tag for tag in PRIORITIES if tag in result.tags), "none"),
        "weight": failure_weight(result) or result.weight,
        "quarantine": str(result.quarantine) if result.quarantine is not None else "",
        "attempts": result.attempts,
        "file": file,
        "line": line,
    }
    return f"<properties>{''.join(f'<property {_attributes(name=name, value=value)}/>' for name, value in values.items())}</properties>"


def dotted(file: str) -> str:
    """A feature's path with dots for slashes; two paths never give the same."""
    parts = Path(file).with_suffix("").parts
    return ".".join(part.replace("%", "%25").replace(".", "%2E").replace("/", "") for part in parts if part != "/")


def _problem(result: ScenarioResult) -> str:
    if result.status is Status.FAILED:
        return _element("failure", result, (Status.FAILED,))
    if result.status.has_failed:
        return _element("error", result, ERRORS)
    if result.status in SKIPS:
        # Jenkins shows the message, GitLab the text
        return f"<skipped {_attributes(message=result.reason)}>{_data(result.reason)}</skipped>" if result.reason else "<skipped/>"
    return ""


def _element(name: str, result: ScenarioResult, statuses: Sequence[Status]) -> str:
    step = next((step for step in result.steps if step.status in statuses), None)
    failure = (step.failure if step is not None else result.failure) or Failure("", "UnknownError", "")
    message, kind = failure.message, failure.kind
    text = "\n".join(["", message, *failure.below(), ""])
    if step is not None:
        if step.status is Status.UNDEFINED:
            message, kind = message or f"there is no step definition for: {step.sentence}", "Undefined"
        described = "\n".join(_described(step)).rstrip()
        text = f"\nFailing step: {described}\nLocation: {step.location}\n{text}"
    return f"<{name} {_attributes(type=kind, message=message)}>{_data(text)}</{name}>"


def _described(step: StepResult) -> Iterator[str]:
    """One step and its parts, as they stand in `system-out`."""
    yield f"{step.sentence} ... {step.status} in {step.seconds:.3f}s"
    if step.text:
        yield '  """'
        yield from (f"  {line}" for line in step.text.splitlines())
        yield '  """'
    elif step.table:
        widths = [max(len(cell) for cell in column) for column in zip(*step.table, strict=False)]
        for row in step.table:
            yield "  |" + "".join(f" {cell.ljust(width)} |" for cell, width in zip(row, widths, strict=False))
    yield from (f"    - {part} ({part.seconds:.2f} s)" for part in step.parts)


def _attributes(**values: object) -> str:
    return " ".join([f'{name}="{_in_attribute(str(value))}"' for name, value in values.items()])


# most are the same in every scenario
@lru_cache(4096)
def _in_attribute(text: str) -> str:
    return _safe(text).translate(IN_ATTRIBUTES)


def _data(text: str) -> str:
    return f"\n<![CDATA[{_safe(text).replace(']]>', ']]&gt;')}]]>\n"


def _safe(text: str) -> str:
    """The text without what XML cannot hold."""
    if text.isprintable() and text.isascii():
        return text
    return NOT_IN_XML.sub(lambda found: f"U+{ord(found[0]):04X}", TERMINAL_CODES.sub("", text))
