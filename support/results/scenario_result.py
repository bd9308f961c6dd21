"""What came of one scenario, frozen and redacted: all that the console, JUnit, Allure, `run.json` and the history know of it."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from support.frozen import Frozen
from support.results.comparison import ComparedRow, Comparison
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
    SKIPPED = "skipped"
    UNTESTED = "untested"

    # that of an enum is written in Python, and statuses are looked up all the time
    __hash__ = str.__hash__

    @property
    def has_failed(self) -> bool:
        """Whether it went wrong, in whatever way."""
        return self in BAD

    @property
    def words(self) -> str:
        """For people."""
        return self.replace("_", " ")


THE_RUN = "the-run"
"""Stands for a file where something went wrong around the whole run."""

LONGEST_REASON = 160
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


FOR_GOOD = "9999-12-31"
"""The day of a known defect of the real platform, which counts for as long as that has it."""


class Quarantine(Frozen):
    """The scenario runs and does not block until the end of a day (ISO 8601), because of an issue."""

    issue: str
    until: str

    def is_over(self, today: date) -> bool:
        """Whether the scenario counts again."""
        return today > date.fromisoformat(self.until)

    def __str__(self) -> str:
        if self.until == FOR_GOOD:
            return f"known defect {self.issue} of the real platform"
        return f"quarantine for issue {self.issue} until {self.until}"


class Failure(Frozen):
    """Why something failed: the sentence that all reports begin with, the error's class and own words, and its trace."""

    message: str
    """What was expected and what was seen, in one line."""
    kind: str
    words: str
    trace: str = ""
    """Without the frames of behave and of the runner."""
    comparison: Comparison | None = None
    """What was expected beside what was seen, where both are known."""
    details: str = ""
    """More lines, below the sentence and the comparison."""

    def below(self, *, trace: bool = True) -> list[str]:
        """The lines that stand below the sentence."""
        compared = self.comparison.lines() if self.comparison is not None else ()
        return [*compared, *self.details.splitlines(), *(self.trace.splitlines() if trace else ())]


class PartResult(Frozen):
    """One part of a step: what was done, how it ended, its seconds, and when it began (unix time)."""

    text: str
    outcome: PartOutcome
    seconds: float
    started_at: float

    def __str__(self) -> str:
        return self.text


class Attachment(Frozen):
    """A file among the Allure results: its title there, its name on disk and its MIME type."""

    name: str
    source: str
    type: str | None


class StepResult(Frozen):
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


class Captured(Frozen):
    """What a scenario's steps printed and logged."""

    stdout: str = ""
    stderr: str = ""
    log: str = ""


class Label(Frozen):
    """Something by which Allure sorts results."""

    name: str
    value: str


class Link(Frozen):
    """A link of an Allure result: what it leads to (`link`, `issue`, `tms`), its words and its address."""

    type: str
    name: str
    url: str


class AllureParameter(Frozen):
    """A parameter of an Allure result; `mode` says whether its value is shown, `excluded` whether history does without it."""

    name: str
    value: str
    mode: str | None = None
    excluded: bool = False


class ToldAllure(Frozen):
    """What steps said of their scenario by `allure.dynamic`; empty texts: nothing."""

    title: str = ""
    description: str = ""
    description_html: str = ""
    labels: tuple[Label, ...] = ()
    links: tuple[Link, ...] = ()
    parameters: tuple[AllureParameter, ...] = ()


NOTHING_CAPTURED = Captured()
NOTHING_TOLD = ToldAllure()


class ScenarioResult(Frozen):
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
    told_allure: ToldAllure = NOTHING_TOLD
    steps: tuple[StepResult, ...] = ()

    @property
    def again(self) -> str:
        """The command that runs it again; the whole run for what went wrong around all of it."""
        return "ringmaster run" if self.identity.file == THE_RUN else f"ringmaster run {self.location}"

    @property
    def sentence(self) -> str:
        """Why it failed, in one line; empty where nothing says it."""
        problem = self.first_problem
        if problem is not None:
            return problem.message
        undefined = next((step.sentence for step in self.steps if step.status is Status.UNDEFINED), "")
        return f"there is no step definition for '{undefined}'" if undefined else ""

    def in_one_line(self) -> str:
        """For lists of what failed: where, which, how and why."""
        why = self.sentence if len(self.sentence) <= LONGEST_REASON else f"{self.sentence[:LONGEST_REASON]}..."
        over = f" ({self.over_budget})" if self.over_budget and self.over_budget not in why else ""
        return f"{self.location} {self.name}: {self.ending}{over}" + (f": {why}" if why else "")

    @property
    def ending(self) -> str:
        """How it ended, for people: `passed`, or `passed at attempt 2 of 2`."""
        # it is tried again until it passes, or no more
        return self.status.words + (f" at attempt {self.attempts} of {self.attempts}" if self.attempts > 1 else "")

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


class FeatureHeading(Frozen):
    """A feature as the reports show it."""

    keyword: str
    name: str
    location: str
    file: str
    description: str = ""
    """What it protects, in its own words."""


def redacted(failure: Failure | None) -> Failure | None:
    """A failure without secrets."""
    if failure is None:
        return None
    return Failure(
        presentable(failure.message),
        failure.kind,
        presentable(failure.words),
        presentable(failure.trace),
        redacted_comparison(failure.comparison) if failure.comparison is not None else None,
        presentable(failure.details),
    )


def redacted_comparison(comparison: Comparison) -> Comparison:
    """A comparison without secrets."""
    rows = tuple(
        ComparedRow(tuple(map(presentable, row.expected)), tuple(map(presentable, row.seen)), presentable(row.name), row.differing)
        for row in comparison.rows
    )
    return Comparison(presentable(comparison.what), rows, tuple(map(presentable, comparison.columns)))


def part_result(part: Part) -> PartResult:
    """A part of a step that is over."""
    return PartResult(presentable(str(part)), part.outcome, part.seconds, part.started_at)
