"""Finds and reads the records of the runs that are to be judged. What cannot be read is said, and does not keep the rest from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.results.run_folder import RECORD_FILE
from support.results.run_record import RunRecord, UnreadableRecord, read_record
from support.verdict.decision import Unreadable

LATEST = "latest"


@dataclass
class Found:
    """Records, and what is none."""

    records: list[RunRecord] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


def read_results(paths: Sequence[Path], *, every_run: bool) -> Found:
    """The records in these places, each once.

    Args:
        paths: each a run's folder, its `run.json`, or a folder of runs.
        every_run: of a folder of runs take all, and not only the newest.
    """
    found = Found()
    folders: dict[Path, None] = {}
    for path in paths:
        try:
            folders |= dict.fromkeys(folder.resolve() for folder in _runs_in(path, every_run=every_run))
        except (UnreadableRecord, OSError) as error:
            found.unreadable.append(Unreadable(str(path), str(error)))
    for folder in folders:
        try:
            record = read_record(folder)
        except (UnreadableRecord, FileNotFoundError) as error:
            found.unreadable.append(Unreadable(str(folder), str(error)))
        else:
            found.records.append(record)
    found.records = list({record.run: record for record in found.records}.values())
    return found


def _runs_in(path: Path, *, every_run: bool) -> Iterable[Path]:
    if not path.exists():
        raise UnreadableRecord(f"{path} is not there: name a run's folder, its {RECORD_FILE}, or a folder of runs")
    if path.is_file():
        if path.name != RECORD_FILE:
            raise UnreadableRecord(f"{path} is not the result of a run: name a run's folder, or its {RECORD_FILE}")
        return [path.parent]
    if (path / RECORD_FILE).exists():
        return [path]
    runs = sorted(folder for folder in path.iterdir() if folder.name != LATEST and _is_run(folder))
    if not runs:
        raise UnreadableRecord(f"there is no finished run in {path}: neither it nor a folder in it holds a {RECORD_FILE}")
    return runs if every_run else [_newest(path, runs)]


def _is_run(folder: Path) -> bool:
    # a run that was killed left its folder and no record; that must not make a row of greens look longer
    return folder.is_dir() and ((folder / RECORD_FILE).exists() or (folder / "logs").is_dir())


def _newest(path: Path, runs: Sequence[Path]) -> Path:
    return path / LATEST if (path / LATEST).is_dir() else runs[-1]
