"""What a run starts and makes, on disk from the moment it is made, so that a killed run can be cleaned up by anyone later.

One JSON-lines file a run. A run is over when its owner process is: then `clean_up_left_overs` ends its processes and removes its folders.
Nothing is touched that does not prove to be the run's own: a process by its start time, or by the run's mark in its environment; a folder
by its name and the marker file inside. Source: our choice.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from environments.errors import NotRemoved, SubstrateError
from environments.left_overs.containers import DockerGone, marked_runs, remove_containers
from environments.processes.of_run import alive_and_same, kill_processes_of, seconds_from_boot_to_start

FOLDER_VARIABLE = "RINGMASTER_LEDGER_FOLDER"
MARKER_FILE = ".ringmaster-run"
NAME_PREFIX = "e2e-test-"

REASONS = "not-removed"
"""The kind of entry that says what could not be removed, and why."""

Entry = dict[str, Any]


class RunIsAlive(Exception):
    """The run's owner still runs, so nothing of it may be removed."""


class Run(NamedTuple):
    """A run as its file tells it."""

    run_id: str
    owner_pid: int
    owner_started: float
    """Seconds from boot to the owner's start: with the pid it names one process for good, whatever happens to the clock."""
    file: Path
    entries: Sequence[Entry] = ()

    @property
    def alive(self) -> bool:
        """Whether the process that opened the run still runs."""
        return alive_and_same(self.owner_pid, self.owner_started)

    def of_kind(self, kind: str) -> list[Entry]:
        """The entries of one kind, in the order they were made."""
        return [entry for entry in self.entries if entry["kind"] == kind]


class Ledger:
    """The file of the run that this process owns."""

    def __init__(self, run_id: str, file: Path) -> None:
        self.run_id = run_id
        self.file = file

    @classmethod
    def of(cls, run_id: str) -> "Ledger":
        """The ledger of a run that another object has opened, or will."""
        return cls(run_id, ledger_folder() / f"{run_id}.jsonl")

    @classmethod
    def open(cls, run_id: str) -> "Ledger":
        """Begin a run owned by this process.

        Raises:
            FileExistsError: there is one of that name.
            ValueError: nothing can have that name.
            SubstrateError: the folder of ledgers cannot be written to.
        """
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", run_id):
            raise ValueError(f"a run cannot be named {run_id!r}: letters, digits, dots, dashes and underscores only")
        ledger = cls.of(run_id)
        try:
            ledger._begin()
        except FileExistsError:
            raise
        except OSError as error:
            raise SubstrateError(
                f"the folder of runs' ledgers {ledger.file.parent} cannot be used ({error.strerror}): set {FOLDER_VARIABLE}"
            ) from error
        return ledger

    def _begin(self) -> None:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = {"pid": os.getpid(), "started": seconds_from_boot_to_start(os.getpid())}
        # a file always has its first line: it gets its name only when that is written
        number, draft = tempfile.mkstemp(prefix=f".{self.run_id}.", dir=self.file.parent)
        try:
            with os.fdopen(number, "w") as lines:
                lines.write(json.dumps({"kind": "run", "run_id": self.run_id, "owner": owner}) + "\n")
            os.link(draft, self.file)
        finally:
            Path(draft).unlink()

    def record(self, kind: str, **values: Any) -> None:
        """Add an entry; one write, so it is there as a whole or not at all."""
        line = json.dumps({"kind": kind, **values}) + "\n"
        number = os.open(self.file, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(number, line.encode())
        finally:
            os.close(number)

    def record_process(self, name: str, pid: int) -> None:
        """Note a process; its process group, if it leads one, counts as its own. One that has ended already is not noted."""
        started = seconds_from_boot_to_start(pid)
        if started is not None:
            self.record("process", name=name, pid=pid, started=started)

    def record_folder(self, path: Path) -> None:
        """Note a folder that is about to be made, or to be marked with `mark_folder`."""
        self.record("folder", path=str(path.absolute()))

    def make_folder(self, parent: Path | None = None) -> Path:
        """Make, note and mark the run's temporary folder (mode 0700) in `parent`, by default the system's folder for such."""
        name = self.run_id if self.run_id.startswith(NAME_PREFIX) else f"{NAME_PREFIX}{self.run_id}"
        path = (parent or Path(tempfile.gettempdir())) / name
        self.record_folder(path)
        path.mkdir(mode=0o700)
        mark_folder(path, self.run_id)
        return path

    def close(self) -> list[str]:
        """End the run: remove what is still there of it (usually nothing), then its file; tells what was removed. Idempotent."""
        run = read_run(self.file)
        return [] if run is None else _remove_everything(run)


def ledger_folder() -> Path:
    """Where the runs' files are: RINGMASTER_LEDGER_FOLDER, else below the user's state folder (XDG)."""
    if chosen := os.environ.get(FOLDER_VARIABLE):
        return Path(chosen)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "ringmaster" / "runs"


def mark_folder(path: Path, run_id: str) -> None:
    """Write the marker file without which no folder is ever removed."""
    (path / MARKER_FILE).write_text(run_id)


def read_run(file: Path) -> Run | None:
    """The run of a ledger file; None when it is gone or no ledger. A torn last line is as good as not written."""
    try:
        lines = file.read_bytes().split(b"\n")
    except (FileNotFoundError, IsADirectoryError):
        return None
    entries = [entry for line in lines if (entry := _entry(line)) is not None]
    try:
        owner = entries[0]["owner"]
        return Run(str(entries[0]["run_id"]), int(owner["pid"]), float(owner["started"]), file, entries[1:])
    except (IndexError, KeyError, TypeError, ValueError):
        return None


def known_runs() -> list[Run]:
    """The runs that are under way, and those whose owner is gone."""
    return [run for file in sorted(ledger_folder().glob("*.jsonl")) if (run := read_run(file)) is not None]


def left_over_runs() -> list[Run]:
    """The runs whose owner is gone."""
    return [run for run in known_runs() if not run.alive]


def clean_up(run: Run) -> list[str]:
    """Remove everything of a run that is over, and its file; tells what was removed. Raises RunIsAlive."""
    if run.alive:
        raise RunIsAlive(f"run {run.run_id} still runs (process {run.owner_pid}): nothing of it was removed")
    return _remove_everything(run)


def clean_up_left_overs() -> list[str]:
    """Clean up every run whose owner is gone; tells what was removed."""
    return [removed for run in left_over_runs() for removed in clean_up(run)]


def clean_up_lost_runs() -> list[str]:
    """Clean up every run whose owner is gone, and its ledger, too, but not what it has in Docker; tells what was removed."""
    return [removed for run in _lost_runs() for removed in clean_up(run)]


def what_stays() -> list[str]:
    """What could not be removed of runs whose owner is gone, each with the reason; as of the last time it was tried."""
    return [reason for run in left_over_runs() for entry in run.of_kind(REASONS)[-1:] for reason in entry["reasons"]]


def _lost_runs() -> list[Run]:
    try:
        marked = marked_runs()
    except DockerGone:
        return []
    runs = []
    for mark in marked:
        entries: list[Entry] = [{"kind": "containers"}, {"kind": "folder", "path": mark.folder}]
        runs.append(Run(mark.run_id, mark.owner_pid, mark.owner_started, Ledger.of(mark.run_id).file, entries))
    return [run for run in runs if not run.alive and not run.file.exists()]


def _remove_everything(run: Run) -> list[str]:
    removed: list[str] = []
    reasons: list[str] = []
    for kind in _kinds(run):
        try:
            removed += _remover(kind)(run, run.of_kind(kind))
        except NotRemoved as error:
            removed += error.removed
            reasons += error.reasons
        except (KeyError, TypeError) as error:
            reasons.append(f"{kind}: {run.file} does not say what is to be removed ({type(error).__name__}: {error})")
    reasons += [f"folder {path}: it cannot be emptied" for path in _folders_left(run)]
    # what cannot be removed, now or by this version, stays on the list
    if not reasons:
        run.file.unlink(missing_ok=True)
    elif run.file.exists():
        Ledger(run.run_id, run.file).record(REASONS, reasons=reasons)
    return removed


def _kinds(run: Run) -> Iterable[str]:
    # processes first: they could go on writing into folders; later kinds in the order they were made
    made = (entry["kind"] for entry in run.entries if entry["kind"] not in ("folder", REASONS))
    return dict.fromkeys(["process", *made, "folder"])


def _remover(kind: str) -> "Remover":
    known = REMOVERS.get(kind)
    if known is None:
        raise NotRemoved([], [f"{kind}: this version does not know how it is removed"])
    if isinstance(known, str):
        module, _, name = known.partition(":")
        found: Remover = getattr(import_module(module), name)
        return found
    return known


def _remove_folders(run: Run, entries: list[Entry]) -> list[str]:
    removed = []
    for path in (Path(entry["path"]) for entry in reversed(entries)):
        if _is_our_folder(path, run):
            shutil.rmtree(path, ignore_errors=True)
            removed.append(f"folder {path}")
    return removed


def _folders_left(run: Run) -> list[str]:
    return [entry["path"] for entry in run.of_kind("folder") if _is_our_folder(Path(entry["path"]), run)]


def _is_our_folder(path: Path, run: Run) -> bool:
    if not path.name.startswith(NAME_PREFIX) or path.is_symlink() or not path.is_dir() or path.stat().st_uid != os.getuid():
        return False
    marker = path / MARKER_FILE
    written = marker.read_text() if marker.is_file() else ""
    # killed between making the folder and marking it, or in the midst of removing it: nothing is in there that could be missed
    return written == run.run_id or (run.run_id.startswith(written) and all(each == marker for each in path.iterdir()))


def _kill_processes(run: Run, entries: list[Entry]) -> list[str]:
    return kill_processes_of(run.run_id, [(entry["name"], entry["pid"], entry["started"]) for entry in entries])


def _remove_containers(run: Run, _entries: list[Entry]) -> list[str]:
    try:
        return remove_containers(run.run_id)
    except DockerGone as error:
        raise NotRemoved([], [f"containers of run {run.run_id}: Docker does not answer: {error}"]) from None


def _entry(line: bytes) -> Entry | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("kind"), str) else None


Remover = Callable[[Run, list[Entry]], list[str]]
REMOVERS: dict[str, Remover | str] = {
    "process": _kill_processes,
    "folder": _remove_folders,
    "containers": _remove_containers,
    "cluster": "environments.left_overs.clusters:remove_clusters",
    "namespaces": "environments.left_overs.clusters:remove_namespaces",
    "azure-namespace": "environments.azure.namespaces:remove_left",
    "jobs": "environments.left_overs.jobs:remove_jobs",
    "on-deployment": "environments.remote.left_overs:remove_from_deployments",
}
"""How the entries of each kind are removed, telling what was; raises NotRemoved. A name is imported only where there is such an entry."""
