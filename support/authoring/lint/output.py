"""A lint report as text for people, annotations for GitHub, or JSON for programs."""

import json

from reports.github import Annotation
from support.authoring.lint.check import Report
from support.authoring.lint.finding import Finding


def as_text(report: Report) -> str:
    """Two lines a finding: where, which rule and why; what to do. The last line sums up."""
    blocks = [f"{finding.place}: {finding.rule}: {finding.why}\n    -> {finding.what_to_do}" for finding in report.findings]
    return "\n".join([*blocks, _summary(report)])


def as_github(report: Report) -> str:
    """Annotations. Source: GitHub's workflow commands."""
    return "\n".join([*(_annotation(finding) for finding in report.findings), _summary(report)])


def as_json(report: Report) -> str:
    """Everything."""
    findings = [
        {
            "file": str(finding.file),
            "line": finding.line,
            "rule": finding.rule,
            "why": finding.why,
            "what_to_do": finding.what_to_do,
            "wrong_input": finding.wrong_input,
        }
        for finding in report.findings
    ]
    counts = {"features": report.features, "scenarios": report.scenarios, "steps": report.steps}
    return json.dumps({"findings": findings, "looked_at": counts, "exit_code": report.exit_code}, indent=2)


FORMATS = {"text": as_text, "github": as_github, "json": as_json}


def _annotation(finding: Finding) -> str:
    return str(Annotation("error", finding.rule, f"{finding.why}\n{finding.what_to_do}", f"{finding.file}:{finding.line}"))


def _summary(report: Report) -> str:
    looked_at = f"{report.features} features, {report.scenarios} scenarios, {report.steps} steps"
    if not report.findings:
        return f"nothing found in {looked_at}"
    files = len({finding.file for finding in report.findings})
    number = len(report.findings)
    return f"{number} finding{'s' * (number > 1)} in {files} file{'s' * (files > 1)}, of {looked_at}"
