"""In the pod of a shard: runs it, packs its results, and waits until they were taken.

`python -m support.engines.kubernetes.shard_pod ARGUMENTS OF ringmaster run`
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

RESULTS = Path("/results")
PACKED = RESULTS / "packed.tar.gz"
EXIT_CODE = RESULTS / "exit-code"
TAKEN = RESULTS / "taken"
"""A pipe: whoever has taken the results writes to it, and the pod ends."""
DURATIONS = Path("/durations/durations.json")
"""What is known of how long scenarios take, so that all pods cut the work alike."""


def main(arguments: list[str]) -> None:
    """Run the shard."""
    out = RESULTS / "out"
    out.mkdir(exist_ok=True)
    os.mkfifo(TAKEN)
    if DURATIONS.exists():
        shutil.copy(DURATIONS, out / DURATIONS.name)
    ended = subprocess.run([sys.executable, "-m", "support", "run", *arguments, "--results-folder", str(out)], check=False)
    EXIT_CODE.write_text(str(ended.returncode))
    pack(out / "latest", PACKED)
    with TAKEN.open() as told:
        told.read()


def pack(run: Path, target: Path) -> None:
    """The folder of a run as one file, which is there as a whole or not at all; without one, an empty file of that kind."""
    draft = target.with_suffix(".draft")
    with tarfile.open(draft, "w:gz", compresslevel=1) as packed:
        if run.is_dir():
            packed.add(run.resolve(), arcname="run")
    draft.rename(target)


if __name__ == "__main__":
    main(sys.argv[1:])
