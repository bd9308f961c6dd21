"""What a run made in Docker, found by the run's label and removed; nothing that does not carry it is ever touched."""

import subprocess
from collections.abc import Sequence

RUN_LABEL = "ringmaster.run"
COMMAND_SECONDS = 120
KINDS: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
    ("container", ("ps", "--all", "--quiet", "--no-trunc"), ("rm", "--force", "--volumes")),
    ("network", ("network", "ls", "--quiet", "--no-trunc"), ("network", "rm")),
    ("volume", ("volume", "ls", "--quiet"), ("volume", "rm", "--force")),
)
"""In the order in which they can be removed: how they are listed, and how removed."""


class DockerGone(Exception):
    """Docker does not answer, so nobody knows what is left."""


def remove_containers(run_id: str) -> list[str]:
    """Remove the containers, networks and volumes of a run; tells which. Raises DockerGone."""
    removed: list[str] = []
    # until nothing is found: Docker may still be making what it was asked for
    while found := _remove_what_is_there(run_id):
        removed += found
    return removed


def _remove_what_is_there(run_id: str) -> list[str]:
    removed: list[str] = []
    for kind, listing, removing in KINDS:
        found = _docker(*listing, "--filter", f"label={RUN_LABEL}={run_id}").split()
        if found:
            _docker(*removing, *found)
            removed += [f"{kind} {identity[:12]}" for identity in found]
    return removed


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
