"""The programs `kind` and `docker` as a run of ours starts them; every failure in one sentence with what helps."""

import re
import shutil
from functools import partial

from environments.processes.programs import output_of
from environments.texts import clean_lines

NO_KIND = "kind is not installed: install it (https://kind.sigs.k8s.io/docs/user/quick-start), or use --substrate embedded"
NO_NODE_IMAGE = "the image of the cluster's nodes cannot be pulled: name a local one with RINGMASTER_KIND_NODE_IMAGE (`docker images`)"
NO_ROOM = "the disk is full: make room (`docker system df` shows what Docker keeps, `docker builder prune` frees it)"
NEVER_READY = (
    "the cluster does not become ready on this machine: it needs some 2 GB of memory and 2 processors (RINGMASTER_KIND_WORKERS=0: less)"
)
MEANINGS = {
    NO_NODE_IMAGE: r"failed to pull image|pull access denied|no such image|manifest unknown|not found: manifest",
    NO_ROOM: r"no space left on device",
    NEVER_READY: r"could not find a log line that matches|timed out waiting for the condition|failed to init node|could not find a jws",
}
LINES_OF_A_FAILURE = 12


def installed() -> bool:
    """Whether `kind` is there."""
    return shutil.which("kind") is not None


def kind(run_id: str, *arguments: str, seconds: float = 600.0, given: str | None = None) -> str:
    """Run `kind` with these arguments, which hold no secret; what it printed. Raises SubstrateError.

    Args:
        run_id: marks the program, so that it does not outlive the run.
        arguments: the command's.
        seconds: how long it may take.
        given: what it reads from its input.
    """
    named = f"`kind {' '.join(arguments[:2])}`"
    return output_of(
        ("kind", *arguments),
        run_id=run_id,
        seconds=seconds,
        missing=NO_KIND,
        too_slow=f"{NEVER_READY}. {named} did not end within {seconds:.0f} s",
        explain=partial(explain, arguments),
        given=given,
    )


def explain(arguments: tuple[str, ...], said: str) -> str:
    """What a failure of `kind` comes to: what helps first, then its own last words."""
    text = " ".join(said.lower().split())
    meaning = next((meaning for meaning, pattern in MEANINGS.items() if re.search(pattern, text)), None)
    lines = [line.rstrip() for line in clean_lines(said) if line.strip()]
    if meaning is not None:
        told = next((line for line in lines if line.lower().startswith("error")), lines[-1] if lines else "nothing")
        return f"{meaning}. kind says: {told.strip()}"
    last = "".join(f"\n  | {line}" for line in lines[-LINES_OF_A_FAILURE:])
    return f"`kind {' '.join(arguments[:2])}` failed" + (f"; its last lines:{last}" if last else "")
