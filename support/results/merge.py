"""Makes one result of the results of several shards. Source: our choice."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from support.results.exit_codes import ExitCode
from support.results.run_folder import RunFolder
from support.results.run_record import RunRecord, UnreadableRecord, read_record
from support.results.scenario_result import Status, Weight, failure_weight

WORST_FIRST = (
    ExitCode.TERMINATED,
    ExitCode.HUNG_UP,
    ExitCode.INTERRUPTED,
    ExitCode.WRONG_INPUT,
    ExitCode.PLATFORM_FAILED,
    ExitCode.FAILED,
    ExitCode.OVER_BUDGET,
    ExitCode.PASSED,
)


class CannotMerge(Exception):
    """The results are not those of one run's shards; the text says what does not fit."""


def merge(folders: Sequence[Path], into: RunFolder) -> RunRecord:
    """Copy the results of all shards into a new folder and write the record of the whole; the shards' folders stay as they are.

    Raises:
        CannotMerge: a folder holds no finished run, a shard is missing or there twice, or they were cut or run differently.
        OSError: something cannot be copied.
    """
    records = [_read(folder) for folder in folders]
    _refuse_what_does_not_fit(folders, records)
    into.create()
    for folder, record in zip(folders, records, strict=True):
        _copy(folder, into, (record.shard or record.run).replace("/", "-of-"))
    whole = _joined(records, into.run)
    whole.write(into.path)
    return whole


def _read(folder: Path) -> RunRecord:
    try:
        return read_record(folder)
    except (FileNotFoundError, UnreadableRecord) as error:
        raise CannotMerge(f"{folder} holds no finished run: {error}") from error


def _refuse_what_does_not_fit(folders: Sequence[Path], records: Sequence[RunRecord]) -> None:
    where = dict(zip((record.shard for record in records), folders, strict=True))
    if None in where:
        raise CannotMerge(f"{where[None]} was run without --shard, so it is not a part of anything")
    if len(where) < len(records):
        raise CannotMerge(f"a shard is there more than once: {', '.join(sorted(str(record.shard) for record in records))}")
    plans = {record.shard_plan for record in records}
    if len(plans) > 1:
        raise CannotMerge(
            "the shards were cut by different plans, so scenarios may be missing or doubled: "
            "run all of them on the same features, with the same selection and the same history.sqlite"
        )
    _refuse_different(records)
    count = int(str(records[0].shard).rpartition("/")[2])
    missing = [f"{number}/{count}" for number in range(1, count + 1) if f"{number}/{count}" not in where]
    if missing:
        raise CannotMerge(f"shards are missing: {', '.join(missing)}")


def _refuse_different(records: Sequence[RunRecord]) -> None:
    """The whole would say of all shards what holds for the first one only."""
    for what, of in (
        ("commits", {record.commit[:12]: record for record in records if record.commit}),
        ("substrates", {record.substrate: record for record in records}),
        ("sabotages", {record.sabotage or "none": record for record in records}),
    ):
        if len(of) > 1:
            told = ", ".join(f"{record.shard} has {value}" for value, record in of.items())
            raise CannotMerge(f"the shards were run with different {what}: {told}. Run all of them alike")


def _copy(folder: Path, into: RunFolder, name: str) -> None:
    for source, target in (
        (folder / "logs", into.logs / name),
        (folder / "scenarios", into.scenarios),
        (folder / "allure-results", into.allure),
    ):
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
    into.junit.mkdir(exist_ok=True)
    for file in sorted((folder / "junit").glob("*.xml")):
        # two shards may each have scenarios of one feature
        shutil.copyfile(file, into.junit / f"{file.stem}.{name}.xml")


def _joined(records: Sequence[RunRecord], run: str) -> RunRecord:
    scenarios = [scenario for record in records for scenario in record.scenarios]
    features = {feature.file: feature for record in records for feature in record.features}
    return replace(
        records[0],
        run=run,
        shard=None,
        workers=sum(record.workers for record in records),
        ready_seconds=max(record.ready_seconds for record in records),
        step_seconds=sum(record.step_seconds for record in records),
        hook_seconds=sum(record.hook_seconds for record in records),
        wall_seconds=max(record.wall_seconds for record in records),
        exit_code=_exit_code(records),
        aborted=next((record.aborted for record in records if record.aborted), None),
        parts=[record.run for record in records],
        features=[features[file] for file in sorted(features)],
        scenarios=sorted(scenarios, key=lambda scenario: _place(scenario.location)),
    )


def _exit_code(records: Sequence[RunRecord]) -> int:
    """The worst one; whether anything blocks and something passed is judged over all, since a shard alone need not have a pass."""
    scenarios = [scenario for record in records for scenario in record.scenarios]
    graver = [code for record in records if (code := ExitCode(record.exit_code)) not in (ExitCode.PASSED, ExitCode.FAILED)]
    blocks = any(failure_weight(scenario) is Weight.BLOCKS and not scenario.over_budget for scenario in scenarios)
    nothing_passed = not graver and not any(scenario.status is Status.PASSED for scenario in scenarios)
    failed = blocks or nothing_passed or any(record.aborted for record in records)
    return min([*graver, ExitCode.FAILED if failed else ExitCode.PASSED], key=WORST_FIRST.index)


def _place(location: str) -> tuple[str, int]:
    file, _, line = location.rpartition(":")
    return file, int(line) if line.isdigit() else 0
