"""What a run made in Docker, found by the run's label and removed; nothing that does not carry it is ever touched."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from environments.processes.of_run import seconds_from_boot_to_start

RUN_LABEL = "ringmaster.run"
OWNER_LABEL, FOLDER_LABEL = "ringmaster.owner", "ringmaster.folder"
"""Of the process that a run belongs to, and of its folder: so a run is known that no ledger here tells of."""
COMMAND_SECONDS = 120
REMOVED_ALREADY = "removal of container"
"""What Docker says of one whose removal began before. Source: Docker Engine 26."""
KINDS: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
    ("container", ("ps", "--all", "--quiet", "--no-trunc"), ("rm", "--force", "--volumes")),
    ("network", ("network", "ls", "--quiet", "--no-trunc"), ("network", "rm")),
    ("volume", ("volume", "ls", "--quiet"), ("volume", "rm", "--force")),
)
"""In the order in which they can be removed: how they are listed, and how removed."""


class DockerGone(Exception):
    """Docker does not answer, so nobody knows what is left."""


class MarkedRun(NamedTuple):
    """A run as its containers' labels tell it."""

    run_id: str
    owner_pid: int
    owner_started: float
    folder: str


def marks_of(run_id: str, folder: Path) -> dict[str, str]:
    """The labels of all that a run of this process makes in Docker."""
    return {RUN_LABEL: run_id, OWNER_LABEL: f"{os.getpid()} {seconds_from_boot_to_start(os.getpid())} {_here()}", FOLDER_LABEL: str(folder)}


def marked_runs() -> list[MarkedRun]:
    """The runs that Docker has something of, and whose process was one of this machine since it was switched on. Raises DockerGone."""
    return list(dict.fromkeys(run for kind, listing, _ in KINDS if kind != "volume" for run in _marked(listing)))


def _marked(listing: Sequence[str]) -> Iterator[MarkedRun]:
    told = "\t".join(f'{{{{.Label "{label}"}}}}' for label in (RUN_LABEL, OWNER_LABEL, FOLDER_LABEL))
    arguments = [word for word in listing if not word.startswith("-") or word == "--all"]
    for line in _docker(*arguments, "--filter", f"label={OWNER_LABEL}", "--format", told).splitlines():
        run_id, owner, folder = line.split("\t")
        pid, started, here = owner.split(" ")
        # a process of another machine, or of a container, cannot be looked for from here
        if here == _here():
            yield MarkedRun(run_id, int(pid), float(started), folder)


def _here() -> str:
    """Within what a process's number means one process: a machine since it was switched on, and a namespace of it."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"


def remove_containers(run_id: str) -> list[str]:
    """Remove the containers, networks and volumes of a run; tells which. Raises DockerGone."""
    removed: dict[str, None] = {}
    deadline = time.monotonic() + COMMAND_SECONDS
    # until nothing is found: Docker may still be making what it was asked for, or removing it for somebody else
    while found := _remove_what_is_there(run_id):
        removed |= dict.fromkeys(found)
        if time.monotonic() > deadline:
            raise DockerGone(f"it has not removed {', '.join(found)} within {COMMAND_SECONDS} s")
    return list(removed)


def _remove_what_is_there(run_id: str) -> list[str]:
    removed: list[str] = []
    for kind, listing, removing in KINDS:
        found = _docker(*listing, "--filter", f"label={RUN_LABEL}={run_id}").split()
        removed += [f"{kind} {identity[:12]}" for identity in found]
        if found and not _are_gone(*removing, *found):
            break
    return removed


def _are_gone(*arguments: str) -> bool:
    """Remove them; False while somebody else still does, and what is to be removed after them has to wait."""
    try:
        _docker(*arguments)
    except DockerGone as error:
        if REMOVED_ALREADY not in str(error):
            raise
        return False
    return True


def _docker(*arguments: str) -> str:
    try:
        ended = subprocess.run(
            ["docker", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DockerGone(str(error)) from None
    if ended.returncode != 0:
        raise DockerGone(ended.stderr.strip())
    return ended.stdout
