"""Rules against tests that cannot fail: what incident a scenario is for, and what defect was seen to make it fail."""

import re
from collections.abc import Iterator

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project

INCIDENT = re.compile(r"^\s*Catches:\s*\S", re.MULTILINE)
NO_SABOTAGE = re.compile(r"^\s*Catches no sabotage:\s*\S", re.MULTILINE)


def no_incident(project: Project) -> Iterator[Finding]:
    """Every ring 1 scenario names the real incident it would catch."""
    for file, case in project.cases():
        if "ring1" in case.tags and not any(INCIDENT.search(text) for text in case.descriptions()):
            why = "a ring 1 scenario does not say which incident it would catch"
            yield Finding(file.path, int(case.written.line), why, "add 'Catches: <the incident>' to its description, or to its feature's")


def no_sabotage(project: Project) -> Iterator[Finding]:
    """A scenario that no defect can make fail proves nothing; which one does is tagged."""
    for file, case in project.cases():
        if any(tag.startswith("catches.") for tag in case.tags) or any(NO_SABOTAGE.search(text) for text in case.descriptions()):
            continue
        why = "no sabotage is known to make this scenario fail"
        advice = (
            "see it fail with `ringmaster run <file> --sabotage <name>` and tag it @catches.<name>; "
            "if none can affect it, write 'Catches no sabotage: <why>' into its description"
        )
        yield Finding(file.path, int(case.written.line), why, advice)


RULES = (no_incident, no_sabotage)
