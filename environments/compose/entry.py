"""What each container of ours runs: it takes its variables from a file, so that nobody finds them by looking at the container.

`python -m environments.compose.entry module NAME` or `... program COMMAND ...`. Source: our choice.
"""

import gc
import json
import os
import runpy
import sys
from pathlib import Path

VARIABLES_FILE = Path("/run/secrets/variables")
COLLECTED = (20_000, 20, 20)
"""Seldom: importing makes garbage of nothing, and looking for it takes an eighth of a service's start."""
MODULE, PROGRAM = "module", "program"


def main() -> None:
    """Take in the variables, and become what this container is for."""
    os.environ.update(json.loads(VARIABLES_FILE.read_text(encoding="utf-8")))
    kind, name, *arguments = sys.argv[1:]
    if kind == PROGRAM:
        os.execvp(name, [name, *arguments])  # noqa: S606 - what the platform describes
    gc.set_threshold(*COLLECTED)
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
