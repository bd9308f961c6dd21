"""What came of one scenario, frozen and redacted: all that the console, JUnit, Allure, `run.json` and the ledger know of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from support.results.identity import Identity
from support.results.texts import presentable
from support.story import Part, PartOutcome


class Status(StrEnum):
    """How a scenario or step ended. Source: behave 1.3.3."""

    PASSED = "passed"
    FAILED = "failed"
    """The platform did not do what was expected."""
    ERROR = "error"
    HOOK_ERROR = "hook_error"
    CLEANUP_ERROR = "cleanup_error"
    UNDEFINED = "undefined"
    PENDING = "pending"
    PENDING_WARN = "pending_warn"
    """Pending, where that is accepted."""
    SKIPPED = "skipped"
    UNTESTED = "untested"

    @property
    def has_failed(self) -> bool:
        """Whether it went wrong, in whatever way."""
        return self in BAD

    @property
    def words(self) -> str:
        """For people."""
        return self.replace("_", " ")


BAD = frozenset({Status.FAILED, Status.ERROR, Status.HOOK_ERROR, Status.CLEANUP_ERROR, Status.UNDEFINED, Status.PENDING})
WITHOUT_CODE = frozenset({Status.UNDEFINED, Status.PENDING})


class Weight(StrEnum):
    """What a failure does to a release, by the scenario's tag; without one it blocks."""

    BLOCKS = "blocks"
    WARNS = "warns"
    INFORMS = "informs"
    QUARANTINED = "quarantined"


BY_TAG = {"p0": Weight.BLOCKS, "p1": Weight.WARNS, "p2": Weight.INFORMS}


def weight_of(tags: Iterable[str], *, strict: bool) -> Weight:
    """What a failure of a scenario with these tags does; when strict, every one blocks."""
    weights = [BY_TAG[tag] for tag in tags if tag in BY_TAG]
    # of several tags the gravest counts
    return Weight.BLOCKS if strict or not weights else min(weights, key=list(Weight).index)


@dataclass(frozen=True)
class Quarantine:
    """The scenario runs and does not block until the end of a day (ISO 8601), because of an issue."""

    issue: str
    until: str

    def is_over(self, today: date) -> bool:
        """Whether the scenario counts again."""
        return today > date.fromisoformat(self.until)

    def __str__(self) -> str:
        return f"quarantine for issue {self.issue} until {self.until}"


@dataclass(frozen=True)
class Failure:
    """Why something failed: what the reports show, the error's class and own words, and its trace."""

    message: str
    kind: str
    words: str
    trace: str = ""


@dataclass(frozen=True)
class PartResult:
    """One part of a step: what was done, how it ended, its seconds, and when it began (unix time)."""

    text: str
    outcome: PartOutcome
    seconds: float
    started_at: float

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Attachment:
    """A file among the Allure results: its title there, its name on disk and its MIME type."""

    name: str
    source: str
    type: str | None


@dataclass(frozen=True)
class StepResult:
    """One step. One that did not begin has no time at which it did."""

    sentence: str
    status: Status
    error: str | None = None
    """What the reports show of its failure."""
    seconds: float = 0.0
    started_at: float | None = None
    location: str = ""
    text: str | None = None
    table: tuple[tuple[str, ...], ...] = ()
    """The heading first."""
    failure: Failure | None = None
    parts: tuple[PartResult, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Captured:
    """What a scenario's steps printed and logged."""

    stdout: str = ""
    stderr: str = ""
    log: str = ""


NOTHING_CAPTURED = Captured()


@dataclass(frozen=True)
class ScenarioResult:
    """One scenario; seconds are those in its steps, and its wall seconds those with hooks and cleanups."""

    identity: Identity
    name: str
    keyword: str
    location: str
    feature: str
    tags: tuple[str, ...]
    """Its own and those of its rule and feature, sorted, without the @."""
    own_tags: tuple[str, ...]
    description: str
    parameters: tuple[tuple[str, str], ...]
    """The row of Examples: headings and cells."""
    weight: Weight
    status: Status
    quarantine: Quarantine | None = None
    reason: str | None = None
    """Why it was skipped."""
    failure: Failure | None = None
    seconds: float = 0.0
    wall_seconds: float = 0.0
    started_at: float = 0.0
    order: int = 0
    """The how-manyth scenario of its repetition that began; 0 when it did not."""
    worker: int = 0
    over_budget: str = ""
    """Which budget it used up."""
    died: str = ""
    """How its worker ended under it."""
    attempts: int = 1
    failed_attempts: tuple[str, ...] = ()
    """What went wrong in the attempts before the last."""
    evidence: str | None = None
    """The folder of its evidence, seen from the run's results."""
    around: bool = False
    """It is no scenario, but stands for what went wrong in the hooks and cleanups around some."""
    captured: Captured = NOTHING_CAPTURED
    output: str = ""
    """What its hooks, and programs that its steps started, printed."""
    attachments: tuple[Attachment, ...] = ()
    steps: tuple[StepResult, ...] = ()

    @property
    def first_problem(self) -> Failure | None:
        """Why it failed: what its first step that failed says, else what its hooks and cleanups say."""
        return next((step.failure for step in self.steps if step.failure is not None), self.failure)


def failure_weight(result: ScenarioResult) -> Weight | None:
    """What this scenario's outcome does; None when it did not fail.

    Only what the platform did can be pardoned by a tag: a hook, a cleanup, a step that is undefined or pending, or a lost worker always
    blocks, since then nobody knows what the platform did.
    """
    if not result.status.has_failed and result.status is not Status.UNTESTED:
        return None
    unknown = result.around or result.died or result.status in (Status.HOOK_ERROR, Status.CLEANUP_ERROR, Status.UNTESTED)
    if (unknown or any(step.status in WITHOUT_CODE for step in result.steps)) and not result.over_budget:
        return Weight.BLOCKS
    if result.quarantine is not None and not result.quarantine.is_over(date.today()):
        return Weight.QUARANTINED
    return result.weight


@dataclass(frozen=True)
class FeatureHeading:
    """A feature as the reports show it."""

    keyword: str
    name: str
    location: str
    file: str
    description: str = ""
    """What it protects, in its own words."""


def redacted(failure: Failure | None) -> Failure | None:
    """A failure without secrets."""
    return failure and Failure(presentable(failure.message), failure.kind, presentable(failure.words), presentable(failure.trace))


def part_result(part: Part) -> PartResult:
    """A part of a step that is over."""
    return PartResult(presentable(str(part)), part.outcome, part.seconds, part.started_at)
