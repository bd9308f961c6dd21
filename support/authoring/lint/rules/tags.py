"""Rules for tags: known ones only, one priority a scenario, and the ring of the folder."""

import re
from collections.abc import Iterator
from datetime import date

from behave.model import ScenarioOutline

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project
from support.authoring.tags import PRIORITIES, problem_of
from support.gherkin.features import FeatureFile

QUARANTINE = re.compile(r"quarantine\.(?P<issue>.+)\.(?P<day>\d{4}-\d{2}-\d{2})")
RING_FOLDER = re.compile(r"ring(\d+)(?:_|$)")


def unknown_tag(project: Project) -> Iterator[Finding]:
    """A mistyped tag selects nothing, needs nothing and catches nothing, and nobody is told."""
    for file in project.features:
        for tag, line in _written_tags(file):
            if "<" not in tag and (problem := problem_of(tag)):
                yield Finding(file.path, line, problem, "use a known one: `ringmaster tags` lists them with what they mean")
    for file, tag, line in _tags_of_rows(project):
        if problem := problem_of(tag):
            yield Finding(file.path, line, f"this row makes a tag: {problem}", "put a known name into the row")


def one_priority(project: Project) -> Iterator[Finding]:
    """The verdict has to know what a failure means: p0 blocks, p1 warns, p2 informs."""
    for file, case in project.cases():
        carried = [tag for tag in case.tags if tag in PRIORITIES]
        if len(carried) != 1:
            has = " and ".join(f"@{tag}" for tag in carried) or "none"
            why = f"a scenario carries exactly one of @p0, @p1 and @p2, by itself or by its feature; this one has {has}"
            yield Finding(file.path, int(case.written.line), why, "leave one: @p0 blocks a release, @p1 warns, @p2 informs")


def ring_of_its_folder(project: Project) -> Iterator[Finding]:
    """What stands in a ring's folder is selected with that ring."""
    for file, case in project.cases():
        folder = next((found[1] for part in reversed(file.path.parts[:-1]) if (found := RING_FOLDER.match(part))), None)
        if folder is not None and f"ring{folder}" not in case.tags:
            why = f"a scenario in the folder of ring {folder} is not tagged @ring{folder}"
            yield Finding(file.path, int(case.written.line), why, f"tag the feature @ring{folder}, or move it")


def expired_quarantine(project: Project) -> Iterator[Finding]:
    """Past its day a quarantine pardons nothing any more, and whoever reads the tag thinks that it does."""
    written = [(file, tag, line) for file in project.features for tag, line in _written_tags(file)]
    for file, tag, line in [*written, *_tags_of_rows(project)]:
        # one that cannot be read is found by another rule
        if (found := QUARANTINE.fullmatch(tag)) and not problem_of(tag) and date.fromisoformat(found["day"]) < date.today():
            why = f"the quarantine for issue {found['issue']} ended on {found['day']}, so failures count again"
            yield Finding(file.path, line, why, "remove the tag, or give it a new day with the reason in its issue")


RULES = (unknown_tag, one_priority, ring_of_its_folder, expired_quarantine)


def _tags_of_rows(project: Project) -> Iterator[tuple[FeatureFile, str, int]]:
    """Tags that only the rows of Examples make."""
    for file, case in project.cases():
        if isinstance(case.written, ScenarioOutline):
            filled = {str(tag) for tag in case.scenario.tags} - {tag for tag, _ in _written_tags(file)}
            yield from ((file, tag, int(case.scenario.line)) for tag in sorted(filled))


def _written_tags(file: FeatureFile) -> Iterator[tuple[str, int]]:
    holders = [file.feature, *file.feature.rules]
    for _, item in file.written():
        holders.append(item)
        if isinstance(item, ScenarioOutline):
            holders += item.examples
    for holder in holders:
        yield from ((str(tag), int(tag.line)) for tag in holder.tags)
