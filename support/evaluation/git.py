"""What is asked of a git repository, through the program `git`.

It is there wherever a repository is. GitPython would start the same program, and pygit2 brings all of libgit2 for six questions.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path

LONGEST_SECONDS = 600
FIELD, RECORD = "\x1f", "\x1e"
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
BLAMED = re.compile(r"([0-9a-f]{40,64}) \d+ \d+(?: \d+)?")
MOST_RANGES = 500
"""In one call, whose arguments may not grow without end."""


class GitError(Exception):
    """The repository cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Commit:
    """A commit of the main line: on the branch itself, and not on one that was merged into it."""

    sha: str
    parents: tuple[str, ...]
    at: datetime
    subject: str
    body: str
    place: int
    """How many commits of the main line are newer."""

    @property
    def first_parent(self) -> str | None:
        """What was there before it; None for the first commit."""
        return self.parents[0] if self.parents else None

    @property
    def title(self) -> str:
        """The first line of a merge's text that was written by hand, empty for another commit."""
        return next((line for line in self.body.splitlines() if line.strip()), "") if len(self.parents) > 1 else ""

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.sha[:9]} {self.subject}{f': {self.title}' if self.title else ''}"


@dataclass(frozen=True)
class Range:
    """Lines of a file, from 1, as they were before a change."""

    path: str
    first: int
    count: int


class Repository:
    """A git repository on this machine; every question raises GitError."""

    def __init__(self, folder: Path, branch: str = "HEAD") -> None:
        self._folder = folder
        if not folder.is_dir():
            raise GitError(f"there is no folder {folder}: give one with a git repository")
        try:
            self._ask("rev-parse", "--git-dir")
        except GitError as error:
            raise GitError(f"{folder} cannot be used as a git repository: {error}") from None
        if self._ask("rev-parse", "--is-shallow-repository").strip() == "true":
            raise GitError(f"{folder} is a shallow clone, which lacks most of the history: fetch it with `git fetch --unshallow`")
        try:
            self.head = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}").strip()
        except GitError:
            raise GitError(f"{folder} has no commit '{branch}': give a branch that is there") from None

    @cached_property
    def main_line(self) -> list[Commit]:
        """The commits of the branch, newest first."""
        form = FIELD.join(("%H", "%P", "%ct", "%s", "%b")) + RECORD
        records = self._ask("log", "--first-parent", f"--format={form}", self.head).split(RECORD)
        return [_commit(record, place) for place, record in enumerate(records) if record.strip()]

    def removed_lines(self, commit: Commit) -> Iterator[Range]:
        """The lines that a change of the main line removed or rewrote, blank ones and mere changes of space aside."""
        if commit.first_parent is None:
            return
        options = ("-r", "-p", "-U0", "-w", "--no-prefix", "--find-renames", "--diff-filter=MDR")
        yield from _removed(self._ask("diff-tree", *options, commit.first_parent, commit.sha).split("\n"))

    def brought_by(self, ranges: Sequence[Range], before: Commit, since: str | None) -> dict[str, int]:
        """How many of the lines of one file, as it was before a commit, each commit of the main line brought, going back to `since`."""
        found: dict[str, int] = {}
        revisions = f"{since}..{before.first_parent}" if since else str(before.first_parent)
        for start in range(0, len(ranges), MOST_RANGES):
            picked = [part for one in ranges[start : start + MOST_RANGES] for part in ("-L", f"{one.first},+{one.count}")]
            told = self._ask("blame", "--first-parent", "-w", "--no-textconv", "--porcelain", *picked, revisions, "--", ranges[0].path)
            for line in told.split("\n"):
                if blamed := BLAMED.fullmatch(line):
                    found[blamed[1]] = found.get(blamed[1], 0) + 1
        return found

    def brought_in_by(self, sha: str) -> str | None:
        """The commit of the main line by which a commit came in, itself if it is one; None for what is not there."""
        known = {commit.sha for commit in self.main_line}
        try:
            full = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{sha}^{{commit}}").strip()
        except GitError:
            return None
        if full in known:
            return full
        later = self._ask("rev-list", "--ancestry-path", f"{full}..{self.head}").split()
        return next((commit for commit in reversed(later) if commit in known), None)

    def _ask(self, *arguments: str) -> str:
        # what the repository's owner configured may neither start programs nor change what is told
        plain = ("-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "blame.ignoreRevsFile=")
        try:
            ended = subprocess.run(
                ["git", "-C", str(self._folder), "--no-pager", *plain, *arguments],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=LONGEST_SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise GitError("git is not installed: install it, for instance with `apt-get install git`") from None
        except subprocess.TimeoutExpired:
            raise GitError(
                f"git {arguments[0]} took longer than {LONGEST_SECONDS} s in {self._folder}: ask for less with --since"
            ) from None
        if ended.returncode:
            said = ended.stderr.decode(errors="replace").strip().splitlines()
            raise GitError(f"git {arguments[0]} says {said[0] if said else f'nothing, and ends with {ended.returncode}'}")
        return ended.stdout.decode(errors="replace")


def _commit(record: str, place: int) -> Commit:
    sha, parents, at, subject, body = record.lstrip("\n").split(FIELD, 4)
    return Commit(sha, tuple(parents.split()), datetime.fromtimestamp(int(at), UTC), subject, body, place)


def _removed(diff: list[str]) -> Iterator[Range]:
    path: str | None = None
    lines = iter(diff)
    for line in lines:
        if line.startswith("--- "):
            # a name in quotes holds a control character, and is left out; a tab ends one with spaces
            path = None if line.startswith('--- "') else line[4:].rstrip("\t")
        elif path is not None and (hunk := HUNK.match(line)):
            first, removed = int(hunk[1]), int(hunk[2] or 1)
            texts = [next(lines, "")[1:] for _ in range(removed)]
            for written, numbered in groupby(enumerate(texts), key=lambda pair: bool(pair[1].strip())):
                numbers = [number for number, _ in numbered]
                if written:
                    yield Range(path, first + numbers[0], len(numbers))
