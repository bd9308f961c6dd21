"""What share of merges caused a follow-up fix soon after, by week, before and after a date. Source: our choice.

A fix is a change of the main line whose words say so. It is tied to a merge of at most a week before when it reverts the merge, names it
by its number or commit, or rewrites lines that the merge brought (docs/reports.md tells the limits).
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from support.evaluation.git import Commit, Range, Repository

WINDOW = timedelta(days=7)
NUMBER = re.compile(r"#(\d+)\b")
OWN_NUMBER = re.compile(r"^Merge pull request #(\d+) |\(#(\d+)\)$")
# a merge of the main line into itself, as `git pull` makes it, brings nothing of its own
PULLED = re.compile(r"^Merge (?:branch '(?:main|master|develop|trunk)' of |remote-tracking branch '[^'/]+/(?:main|master|develop|trunk)')")
FIX_WORDS = re.compile(r"\b(?:hot|bug)?fix(?:es|ed|up)?\b|\brevert(?:s|ed)?\b|\bregression\b|\brepairs?\b", re.IGNORECASE)
FIX_BRANCH = re.compile(r"(?:^|[ /'])(?:hot|bug)?fix(?:es)?[/_-]|(?:^|[ /'])revert[/_-]", re.IGNORECASE)
REVERTED = re.compile(r"[Rr]everts? commit ([0-9a-f]{7,64})|[Rr]everts \S*#(\d+)")
BLAMED = re.compile(
    r"(?:Fixes|Caused by|Introduced (?:in|by)|Broken by|Regression (?:of|from|since)):? (?:commit )?([0-9a-f]{7,64})\b", re.IGNORECASE
)
REVERT_TITLE = re.compile(r'^Revert "(.*)"')
# what many changes touch that have nothing to do with each other
NO_CODE = re.compile(
    r"(?:^|/)(?:CHANGELOG|CHANGES|HISTORY|NEWS)[^/]*$|\.(?:md|rst|adoc|lock|sum)$|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml)$",
    re.IGNORECASE,
)
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Tie:
    """A fix, the merge that it is tied to, and by what."""

    merge: Commit
    fix: Commit
    why: str


@dataclass(frozen=True)
class Rate:
    """How many merges there were, and how many of them caused a fix."""

    merges: int
    caused_a_fix: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None without merges."""
        return self.caused_a_fix / self.merges if self.merges else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share is with 95 % confidence. Source: Wilson's score interval."""
        if not self.merges:
            return 0.0, 1.0
        share, square = self.caused_a_fix / self.merges, NORMAL_95**2 / self.merges
        middle = share + square / 2
        width = NORMAL_95 * math.sqrt(share * (1 - share) / self.merges + square / self.merges / 4)
        return max(0.0, (middle - width) / (1 + square)), min(1.0, (middle + width) / (1 + square))

    def __str__(self) -> str:
        if self.share is None:
            return "no merge"
        least, most = self.interval
        return f"{self.share:.1%} ({self.caused_a_fix} of {self.merges} merges; 95 % interval {least:.0%} to {most:.0%})"


@dataclass(frozen=True)
class RegressionRate:
    """The merges of a time whose week is over, oldest first, and the fixes tied to them."""

    merges: Sequence[Commit]
    ties: Sequence[Tie]
    too_young: int
    """Merges of the last week, which are left out."""

    def of(self, merges: Iterable[Commit]) -> Rate:
        """The rate of some of the merges."""
        broke = {tie.merge.sha for tie in self.ties}
        picked = [merge.sha in broke for merge in merges]
        return Rate(len(picked), sum(picked))

    def by_week(self) -> dict[date, Rate]:
        """The rates by the Monday of the merges' week."""
        weeks = groupby(self.merges, key=lambda merge: merge.at.date() - timedelta(days=merge.at.weekday()))
        found: dict[date, list[Commit]] = {}
        for monday, merges in weeks:
            found.setdefault(monday, []).extend(merges)
        return {monday: self.of(merges) for monday, merges in sorted(found.items())}

    def around(self, day: date) -> tuple[Rate, Rate]:
        """The rates before a day, and from it on."""
        return self.of(m for m in self.merges if m.at.date() < day), self.of(m for m in self.merges if m.at.date() >= day)


def regression_rate(repository: Repository, since: datetime, until: datetime, *, every_commit: bool = False) -> RegressionRate:
    """The merges of this time, and what they broke; with `every_commit`, each commit of the main line is one. Raises GitError."""
    line = [commit for commit in repository.main_line if commit.at <= until]
    merges = {commit.sha: commit for commit in line if commit.at >= since and (every_commit or is_merge(commit))}
    fixes = [commit for commit in line if commit.at >= since and is_fix(commit)]
    ties = [tie for fix in fixes for tie in _ties(repository, fix, merges)]
    over = [merge for merge in merges.values() if merge.at <= until - WINDOW]
    names = {merge.sha for merge in over}
    counted = sorted((tie for tie in ties if tie.merge.sha in names), key=lambda tie: (-tie.merge.place, -tie.fix.place))
    return RegressionRate(sorted(over, key=lambda merge: -merge.place), counted, len(merges) - len(over))


def is_merge(commit: Commit) -> bool:
    """Whether it brought a branch in: as a merge, or squashed as GitHub does it, with the number at the end."""
    if PULLED.match(commit.subject):
        return False
    return len(commit.parents) > 1 or number_of(commit) is not None


def is_fix(commit: Commit) -> bool:
    """Whether its words say so: its subject, or the title or branch of what it merges."""
    return bool(FIX_WORDS.search(commit.subject) or FIX_WORDS.search(commit.title) or FIX_BRANCH.search(commit.subject))


def number_of(commit: Commit) -> str | None:
    """The number of the pull request that it merged."""
    found = OWN_NUMBER.search(commit.subject)
    return (found[1] or found[2]) if found else None


def _ties(repository: Repository, fix: Commit, merges: Mapping[str, Commit]) -> Iterator[Tie]:
    """One for each merge that the fix is tied to, by the strongest reason."""
    near = {sha: merge for sha, merge in merges.items() if merge.place > fix.place and fix.at - merge.at <= WINDOW}
    if not near:
        return
    found = dict(_by_lines(repository, fix, near)) | dict(_by_names(repository, fix, near)) | dict(_by_revert(repository, fix, near))
    yield from (Tie(near[sha], fix, why) for sha, why in found.items())


def _by_revert(repository: Repository, fix: Commit, near: Mapping[str, Commit]) -> Iterator[tuple[str, str]]:
    text = f"{fix.subject}\n{fix.body}"
    shas = {repository.brought_in_by(found[1]) for found in REVERTED.finditer(text) if found[1]}
    numbers = {found[2] for found in REVERTED.finditer(text) if found[2]}
    title = REVERT_TITLE.match(fix.subject)
    for sha, merge in near.items():
        if sha in shas or number_of(merge) in numbers or (title and title[1] == merge.subject):
            yield sha, "reverts it"


def _by_names(repository: Repository, fix: Commit, near: Mapping[str, Commit]) -> Iterator[tuple[str, str]]:
    text = f"{fix.subject}\n{fix.body}"
    shas = {repository.brought_in_by(found[1]) for found in BLAMED.finditer(text)}
    numbers = set(NUMBER.findall(text)) - {number_of(fix)}
    for sha, merge in near.items():
        if sha in shas:
            yield sha, "names its commit"
        elif (number := number_of(merge)) in numbers:
            yield sha, f"names #{number}"


def _by_lines(repository: Repository, fix: Commit, near: Mapping[str, Commit]) -> Iterator[tuple[str, str]]:
    oldest = max(merge.place for merge in near.values())
    before = repository.main_line[oldest + 1].sha if oldest + 1 < len(repository.main_line) else None
    touched: dict[str, dict[str, int]] = {}
    for path, ranges in groupby(repository.removed_lines(fix), key=_path):
        if not NO_CODE.search(path):
            for sha, count in repository.brought_by(list(ranges), fix, before).items():
                touched.setdefault(sha, {})[path] = count
    for sha in touched.keys() & near.keys():
        lines = sum(touched[sha].values())
        yield sha, f"rewrites {lines} line{'s' if lines > 1 else ''} that it brought, in {', '.join(sorted(touched[sha]))}"


def _path(lines: Range) -> str:
    return lines.path
