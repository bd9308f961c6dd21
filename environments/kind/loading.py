"""Gives images of this machine's Docker to a node of a kind cluster, as they are read: no file of some gigabytes in between."""

import os
import subprocess
import tempfile
from collections.abc import Sequence

from environments.errors import SubstrateError
from environments.kind.programs import NO_ROOM
from environments.processes.variables import RUN_VARIABLE

TAKE_IN = ("ctr", "--namespace", "k8s.io", "images", "import", "--all-platforms", "--digests", "-")
"""Source: kind 0.23 and later (what it has nodes do with an archive)."""
LOAD_SECONDS = 1800.0


def load_images(run_id: str, node: str, images: Sequence[str]) -> None:
    """Have a node take in images; raises SubstrateError. `run_id` marks the programs, so that they do not outlive the run."""
    own = {**os.environ, **({RUN_VARIABLE: run_id} if run_id else {})}
    what = f"giving the images {', '.join(images)} to the node {node}"
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(("docker", "save", *images), env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said) as save,
        subprocess.Popen(
            ("docker", "exec", "--interactive", node, *TAKE_IN), env=own, stdin=save.stdout, stdout=subprocess.DEVNULL, stderr=said
        ) as take_in,
    ):
        if save.stdout is not None:
            # the node alone reads it: when that ends, so does the other
            save.stdout.close()
        try:
            codes = take_in.wait(LOAD_SECONDS), save.wait(LOAD_SECONDS)
        except subprocess.TimeoutExpired:
            raise SubstrateError(f"{what} did not end within {LOAD_SECONDS:.0f} s: the machine is too busy, or its disk too slow") from None
        finally:
            for each in (save, take_in):
                each.kill()
        if any(codes):
            said.seek(0)
            lines = said.read().decode(errors="replace").splitlines()
            full = next((f"{NO_ROOM}. " for line in lines if "no space left on device" in line), "")
            raise SubstrateError(f"{what} failed. {full}Said at last: {lines[-1] if lines else 'nothing'}")
