"""What is to run: single scenarios (a row of Examples is one too), and what each needs around it."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from behave.model import Feature, Rule, Scenario, Step

from support.runner.claims import Claims, claims_of
from support.runner.tags import Quarantine, budget_of, quarantine_of

RING = re.compile(r"ring\d+")

Container: TypeAlias = Feature | Rule


@dataclass(eq=False)
class Home:
    """Where scenarios are forked from: the run itself, or a feature or rule whose hooks ran there."""

    number: int
    containers: tuple[Container, ...] = ()
    """The feature, and the rule, that are open in it, outermost first."""
    parent: "Home | None" = None

    def __str__(self) -> str:
        innermost = self.containers[-1] if self.containers else None
        return f"the {innermost.keyword.lower()} '{innermost.name}'" if innermost else "the run"

    def is_within(self, other: "Home") -> bool:
        """Whether it is the other one, or was forked from it."""
        return self is other or (self.parent is not None and self.parent.is_within(other))


@dataclass(eq=False)
class Task:
    """One scenario to run, and what its worker told of it so far."""

    index: int
    scenario: Scenario
    containers: tuple[Container, ...]
    home: Home
    claims: Claims
    budget: float | None
    """Seconds it may take, from its tag."""
    ring: str | None
    quarantine: Quarantine | None
    most_attempts: int
    """How often it may be tried; twice only with the tag @network."""
    expected: float | None = None
    """Seconds it took in earlier runs."""

    begun: bool = False
    ended: bool = False
    steps_begun: int = 0
    steps_ended: int = 0
    order: int = 0
    """The how-manyth scenario it was that began."""
    worker: int = 0
    began_at: float = 0.0
    step_began_at: float = 0.0
    wall_seconds: float = 0.0
    died: str = ""
    over_budget: str = ""
    interrupted: bool = False
    output: str = ""
    notes: list[str] = field(default_factory=list)
    failed_attempts: list[str] = field(default_factory=list)
    """What went wrong in the attempts before the last."""

    @property
    def key(self) -> str:
        """Names the scenario for history: stable when lines move."""
        return key_of(self.scenario)

    @cached_property
    def steps(self) -> list[Step]:
        """The scenario's steps, those of backgrounds first."""
        return list(self.scenario.all_steps)

    @property
    def current_step(self) -> Step | None:
        """The step that runs now."""
        return self.steps[self.steps_ended] if self.steps_begun > self.steps_ended else None


@dataclass
class Plan:
    """The tasks in the order of the feature files, and their homes (the first is the run's own)."""

    features: list[Feature]
    tasks: list[Task]
    homes: list[Home]

    def by_feature(self) -> Iterator[tuple[Feature, list[Task]]]:
        """Each feature with its tasks."""
        for _, tasks in itertools.groupby(self.tasks, key=lambda task: id(task.containers[0])):
            found = list(tasks)
            yield found[0].containers[0], found


def key_of(scenario: Scenario) -> str:
    """Names a scenario for history: stable when lines move."""
    return f"{scenario.filename}: {scenario.name}"


def make_plan(features: Iterable[Feature], selected: Sequence[Scenario], hooks: dict[str, Any], durations: dict[str, float]) -> Plan:
    """Plan the selected scenarios.

    Args:
        features: all features, in the order of the reports.
        selected: what shall run of them.
        hooks: behave's hooks by name; a feature or rule that has some gets a home of its own.
        durations: seconds each scenario took before, by its key.

    Raises:
        WrongTag: a tag is not written as it must be.
    """
    wanted = {id(scenario) for scenario in selected}
    run = Home(0)
    homes: dict[tuple[int, ...], Home] = {(): run}
    plan = Plan([], [], [run])
    for feature in features:
        before = len(plan.tasks)
        for scenario in feature.walk_scenarios():
            if id(scenario) in wanted:
                containers = _containers(scenario, feature)
                home = _home(containers, hooks, homes, plan.homes)
                task = _task(len(plan.tasks), scenario, containers, home)
                task.expected = durations.get(task.key)
                plan.tasks.append(task)
            else:
                # what was not asked for is left out of every report, and does not make its feature look unfinished
                scenario.skip()
        if len(plan.tasks) > before:
            plan.features.append(feature)
    return plan


def _task(index: int, scenario: Scenario, containers: tuple[Container, ...], home: Home) -> Task:
    tags = [str(tag) for tag in scenario.effective_tags]
    return Task(
        index=index,
        scenario=scenario,
        containers=containers,
        home=home,
        claims=claims_of(tags),
        budget=budget_of(scenario),
        quarantine=quarantine_of(scenario),
        most_attempts=2 if "network" in tags else 1,
        ring=next((tag for tag in sorted(tags) if RING.fullmatch(tag)), None),
    )


def _containers(scenario: Scenario, feature: Feature) -> tuple[Container, ...]:
    rule = scenario.parent
    while rule is not None and not isinstance(rule, Rule):
        rule = rule.parent
    return (feature,) if rule is None else (feature, rule)


def _home(containers: tuple[Container, ...], hooks: dict[str, Any], homes: dict[tuple[int, ...], Home], listed: list[Home]) -> Home:
    home = homes[()]
    for depth, container in enumerate(containers, start=1):
        if not has_hooks(container, hooks):
            continue
        key = tuple(map(id, containers[:depth]))
        if key not in homes:
            homes[key] = Home(len(listed), containers[:depth], home)
            listed.append(homes[key])
        home = homes[key]
    return home


def has_hooks(container: Container, hooks: dict[str, Any]) -> bool:
    """Whether something of the user's runs before or after this feature or rule."""
    names = {f"before_{container.type}", f"after_{container.type}"} | ({"before_tag", "after_tag"} if container.tags else set())
    return bool(names & hooks.keys())
