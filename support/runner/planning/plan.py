"""What is to run: single scenarios (a row of Examples is one too), and what each needs around it."""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from behave.model import Feature, Scenario, Step

from support.results.identity import Identity
from support.results.reporting import RunReports
from support.results.scenario_result import Quarantine, ScenarioResult, StepResult, Weight, weight_of
from support.runner.behave_adapter.model import identities_of, rule_of
from support.runner.behave_adapter.runner import BehaveRunner, Container
from support.runner.exclusion import ExclusionRules, exclusion_rules_of
from support.runner.planning.tags import budget_of, quarantine_of

RING = re.compile(r"ring\d+")


@dataclass(eq=False)
class ForkPoint:
    """Where scenarios are forked from: the run itself, or a feature or rule whose hooks ran there."""

    number: int
    containers: tuple[Container, ...] = ()
    """The feature, and the rule, that are open in it, outermost first."""
    parent: "ForkPoint | None" = None

    def __str__(self) -> str:
        innermost = self.containers[-1] if self.containers else None
        return f"the {innermost.keyword.lower()} '{innermost.name}'" if innermost else "the run"

    @property
    def own(self) -> tuple[Container, ...]:
        """Those that are opened here, and not in one that it was forked from."""
        return self.containers[len(self.parent.containers) if self.parent else 0 :]

    def is_within(self, other: "ForkPoint") -> bool:
        """Whether it is the other one, or was forked from it."""
        return self is other or (self.parent is not None and self.parent.is_within(other))


@dataclass(eq=False)
class Task:
    """One scenario to run, what its worker said of it so far, and what came of it."""

    index: int
    scenario: Scenario
    identity: Identity
    containers: tuple[Container, ...]
    fork_point: ForkPoint
    tags: tuple[str, ...]
    exclusion: ExclusionRules
    budget: float | None
    """Seconds it may take, from its tag."""
    ring: str | None
    quarantine: Quarantine | None
    weight: Weight
    most_attempts: int
    """How often it may be tried; twice only with the tag @network."""
    expected: float | None = None
    """Seconds it took in earlier runs."""

    first_in: tuple[int, ...] = ()
    """The index of the first scenario in its feature, and in its rule."""

    begun: bool = False
    steps_begun: int = 0
    steps_done: list[StepResult] = field(default_factory=list)
    order: int = 0
    """The how-manyth scenario it was that began."""
    worker: int = 0
    began_at: float = 0.0
    step_began_at: float = 0.0
    waits_for: str = ""
    """What its step waits for; known only where somebody follows the run."""
    died: str = ""
    over_budget: str = ""
    interrupted: bool = False
    evidence: Path | None = None
    failed_attempts: list[str] = field(default_factory=list)
    result: ScenarioResult | None = None
    """Once it is over."""
    written: bool = False
    """Its worker has written its own report."""

    @property
    def key(self) -> str:
        """Names the scenario for history: stable when lines move."""
        return str(self.identity)

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.result is not None

    @property
    def has_failed(self) -> bool:
        """Whether it is over, and went wrong."""
        return self.result is not None and self.result.status.has_failed

    @property
    def step_under_way(self) -> Step | None:
        """The step that runs now."""
        done = len(self.steps_done)
        return list(self.scenario.all_steps)[done] if self.steps_begun > done else None

    def claim(self, names: frozenset[str]) -> None:
        """Never run beside another one that claims one of these, as `@exclusive.<name>` says it."""
        if names:
            self.exclusion = self.exclusion._replace(exclusives=self.exclusion.exclusives | names)

    def begin_again(self, failed: str, now: float) -> None:
        """It is tried once more, as if it had not begun."""
        self.failed_attempts.append(failed)
        self.steps_begun, self.steps_done, self.waits_for = 0, [], ""
        self.began_at = self.step_began_at = now


class RunPlan(NamedTuple):
    """The tasks in the order of the feature files, and their fork points (the first is the run's own)."""

    features: list[Feature]
    tasks: list[Task]
    fork_points: list[ForkPoint]

    @property
    def run(self) -> ForkPoint:
        """The run's own fork point."""
        return self.fork_points[0]

    def by_feature(self) -> Iterator[tuple[Feature, list[Task]]]:
        """Each feature with its tasks."""
        for _, tasks in itertools.groupby(self.tasks, key=lambda task: id(task.containers[0])):
            found = list(tasks)
            yield found[0].containers[0], found


class ForkRun(NamedTuple):
    """What every process of a pass has from the runner."""

    behave: BehaveRunner
    plan: RunPlan
    results: Path
    """The folder of the run's results."""
    reports: RunReports


def make_plan(
    features: Iterable[Feature], selected: Sequence[Scenario], hooks: Collection[str], durations: dict[str, float], *, strict: bool = False
) -> RunPlan:
    """Plan the selected scenarios.

    Args:
        features: all features, in the order of the reports.
        selected: what shall run of them.
        hooks: the names of behave's hooks that there are; a feature or rule that has some gets a fork point of its own.
        durations: seconds each scenario took before, by its key.
        strict: every failure blocks.

    Raises:
        WrongTag: a tag is not written as it must be.
    """
    wanted = {id(scenario) for scenario in selected}
    run = ForkPoint(0)
    made: dict[tuple[int, ...], ForkPoint] = {(): run}
    first: dict[int, int] = {}
    plan = RunPlan([], [], [run])
    for feature in features:
        before = len(plan.tasks)
        identities = identities_of(feature)
        for scenario in feature.walk_scenarios():
            if id(scenario) in wanted:
                containers = _containers(scenario, feature)
                fork_point = _fork_point(containers, hooks, made, plan.fork_points)
                task = task_of(len(plan.tasks), scenario, identities[id(scenario)], containers, fork_point, strict=strict)
                task.expected = durations.get(task.key)
                task.first_in = tuple(first.setdefault(id(container), task.index) for container in containers)
                plan.tasks.append(task)
            else:
                # what was not asked for is left out of every report, and does not make its feature look unfinished
                scenario.skip()
        if len(plan.tasks) > before:
            plan.features.append(feature)
    return plan


Layer = tuple[int, int]
"""What cleanups can be left for, as two processes can name it: the first scenario in it, and how deep it lies (0: the run)."""
RUN: Layer = (0, 0)


def layer_of(task: Task, depth: int) -> Layer:
    """The run, or the feature (1) or rule (2) that a scenario stands in."""
    return (task.first_in[depth - 1], depth) if depth else RUN


def task_of(
    index: int,
    scenario: Scenario,
    identity: Identity,
    containers: tuple[Container, ...],
    fork_point: ForkPoint,
    *,
    strict: bool = False,
) -> Task:
    """A scenario to run, with what its tags say."""
    tags = tuple(sorted(map(str, scenario.effective_tags)))
    return Task(
        index=index,
        scenario=scenario,
        identity=identity,
        containers=containers,
        fork_point=fork_point,
        tags=tags,
        exclusion=exclusion_rules_of(tags),
        budget=budget_of(scenario),
        quarantine=quarantine_of(tags, scenario.location),
        weight=weight_of(tags, strict=strict),
        most_attempts=2 if "network" in tags else 1,
        ring=next((tag for tag in tags if RING.fullmatch(tag)), None),
    )


def _containers(scenario: Scenario, feature: Feature) -> tuple[Container, ...]:
    rule = rule_of(scenario)
    return (feature,) if rule is None else (feature, rule)


def _fork_point(
    containers: tuple[Container, ...], hooks: Collection[str], made: dict[tuple[int, ...], ForkPoint], listed: list[ForkPoint]
) -> ForkPoint:
    found = made[()]
    for depth, container in enumerate(containers, start=1):
        if not has_hooks(container, hooks):
            continue
        key = tuple(map(id, containers[:depth]))
        if key not in made:
            made[key] = ForkPoint(len(listed), containers[:depth], found)
            listed.append(made[key])
        found = made[key]
    return found


def has_hooks(container: Container, hooks: Collection[str]) -> bool:
    """Whether something of the user's runs before or after this feature or rule."""
    names = {f"before_{container.type}", f"after_{container.type}"} | ({"before_tag", "after_tag"} if container.tags else set())
    return not names.isdisjoint(hooks)
