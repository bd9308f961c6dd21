"""A run to judge: one record, or those of all its shards, with its times and counts. Source: our choice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from support.results.identity import digest
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, Status
from support.verdict.decision import JudgedFacts, Timings

RINGS = ("ring1", "ring2", "ring3")
NOT_RUN = frozenset({Status.SKIPPED, Status.UNTESTED})


@dataclass(frozen=True, eq=False)
class JudgedRun:
    """Its shards count as one run."""

    records: tuple[RunRecord, ...]

    @property
    def first(self) -> RunRecord:
        """What all shards have in common stands in each."""
        return self.records[0]

    @property
    def name(self) -> str:
        """For people."""
        return f"run {self.first.run}, {self.first.substrate}"

    @property
    def missing_shards(self) -> list[str]:
        """Those that were not given, such as `2/3`."""
        if self.first.shard is None:
            return []
        count = int(self.first.shard.rpartition("/")[2])
        there = {record.shard for record in self.records}
        return [shard for number in range(1, count + 1) if (shard := f"{number}/{count}") not in there]

    @cached_property
    def scenarios(self) -> list[ScenarioResult]:
        """Each repetition of each, by file and line however they were cut, without those that stand for hooks and cleanups around some."""
        found = (scenario for record in self.records for scenario in record.scenarios if not scenario.around)
        return sorted(found, key=lambda scenario: _place(scenario.location))

    @cached_property
    def around(self) -> list[ScenarioResult]:
        """Stand for what went wrong in hooks and cleanups around scenarios."""
        return [scenario for record in self.records for scenario in record.scenarios if scenario.around]

    @cached_property
    def ran(self) -> list[ScenarioResult]:
        """Those that were not skipped."""
        return [scenario for scenario in self.scenarios if scenario.status not in NOT_RUN]

    def counted(self, today: date) -> list[ScenarioResult]:
        """Those that ran and are not in quarantine: what rates are of."""
        return [scenario for scenario in self.ran if scenario.quarantine is None or scenario.quarantine.is_over(today)]

    def of_level(self, tag: str) -> list[ScenarioResult]:
        """Its scenarios with this tag."""
        return [scenario for scenario in self.scenarios if tag in scenario.tags]

    @cached_property
    def timings(self) -> Timings:
        """The same for a run and for its merged shards, as far as its scenarios tell."""
        ready = max(record.ready_seconds for record in self.records)
        rings = {ring: busy_seconds(self.of_level(ring)) for ring in RINGS if self.of_level(ring)}
        # the runs' own figures hold hooks too; those of shards that ran one after the other are less than the scenarios took
        whole = max(busy_seconds(self.scenarios), *(record.wall_seconds for record in self.records))
        return Timings(ready, rings, ready + whole)

    @property
    def facts(self) -> JudgedFacts:
        """For the decision."""
        first = self.first
        return JudgedFacts(
            run=first.run,
            substrate=first.substrate,
            shards=[str(record.shard) for record in self.records if record.shard is not None],
            commit=first.commit,
            fingerprint=self.fingerprint,
            facts=first.facts,
            exit_codes=[record.exit_code for record in self.records],
            counts=dict(sorted(Counter(str(scenario.status) for scenario in (*self.scenarios, *self.around)).items())),
            timings=self.timings,
        )

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits: of the commit, the substrate, a sabotage and the platform's parts."""
        first = self.first
        return digest(
            first.commit, first.substrate, first.sabotage or "", *(f"{name}={text}" for name, text in sorted(first.facts.items()))
        )


def busy_seconds(scenarios: Iterable[ScenarioResult]) -> float:
    """For how long at least one of them ran: two at once count once, and what ran between them does not count."""
    busy, until = 0.0, float("-inf")
    for began, over in sorted((one.started_at, one.started_at + one.wall_seconds) for one in scenarios if one.wall_seconds > 0):
        if over > until:
            busy += over - max(began, until)
            until = over
    return busy


def joined(records: Iterable[RunRecord]) -> list[JudgedRun]:
    """Each run with all its shards, the oldest first; a run's name begins with the time at which it began."""
    groups: list[list[RunRecord]] = []
    given = list(records)
    # shards beside the whole that was made of them are no runs of their own
    parts = {part for record in given for part in record.parts}
    for record in sorted((record for record in given if record.run not in parts), key=lambda record: record.run):
        fitting = (group for group in groups if _belongs(record, group))
        group = next(fitting, None)
        if group is None:
            groups.append(group := [])
        group.append(record)
    return [JudgedRun(tuple(sorted(group, key=_number_of_shard))) for group in groups]


def _belongs(record: RunRecord, group: Sequence[RunRecord]) -> bool:
    if record.shard is None:
        return False
    same = all(_cut(record) == _cut(other) for other in group)
    return same and record.shard not in {other.shard for other in group}


def _cut(record: RunRecord) -> tuple[str, ...]:
    count = (record.shard or "").rpartition("/")[2]
    return record.shard_plan, count, record.substrate, record.sabotage or "", record.commit


def _place(location: str) -> tuple[str, int]:
    file, _, line = location.rpartition(":")
    return file, int(line) if line.isdecimal() else 0


def _number_of_shard(record: RunRecord) -> int:
    return int((record.shard or "0").partition("/")[0])
