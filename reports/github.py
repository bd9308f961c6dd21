"""Results as GitHub Actions shows them: annotations beside the code, and a summary of the job; from results only.

Source: GitHub's documentation of workflow commands and job summaries.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from support.terminal import say

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
LONGEST_SUMMARY = 1_000_000
"""Bytes; GitHub refuses more than 1 MiB a step."""
IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
IN_PROPERTIES = IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


@dataclass(frozen=True)
class Annotation:
    """One remark: error, warning or notice, beside a line of a file if there is one."""

    level: str
    title: str
    message: str
    location: str = ""
    """As `file:line`."""

    def __str__(self) -> str:
        file, _, line = self.location.rpartition(":")
        place = f"file={file.translate(IN_PROPERTIES)},line={line}," if file and line.isdigit() and line != "0" else ""
        return f"::{self.level} {place}title={self.title.translate(IN_PROPERTIES)}::{self.message.translate(IN_MESSAGES)}"


def publish(summary: str, annotations: Iterable[Annotation]) -> None:
    """Print the annotations, and add the summary to the job's, where there is one; raises OSError."""
    for annotation in annotations:
        say(str(annotation))
    if file := os.environ.get(SUMMARY_VARIABLE):
        text = summary.encode(errors="replace")
        if len(text) > LONGEST_SUMMARY:
            text = text[:LONGEST_SUMMARY].decode(errors="ignore").encode() + b"\n\nCut off here: it is too long for GitHub.\n"
        with Path(file).open("ab") as opened:
            opened.write(text)


def cell(text: str) -> str:
    """A text such that Markdown shows it as it is, in one line of a table."""
    safe = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{character}" if character in "\\`*_[]|~#" else character for character in safe)
