"""What each container of ours runs: it takes its variables from a file, so that nobody finds them by looking at the container.

`python -m environments.compose.entry module NAME` or `... program COMMAND ...`. Source: our choice.
"""

import json
import os
import runpy
import sys
from pathlib import Path

VARIABLES_FILE = Path("/run/secrets/variables")
MODULE, PROGRAM = "module", "program"


def main() -> None:
    """Take in the variables, and become what this container is for."""
    os.environ.update(json.loads(VARIABLES_FILE.read_text(encoding="utf-8")))
    kind, name, *arguments = sys.argv[1:]
    if kind == PROGRAM:
        os.execvp(name, [name, *arguments])  # noqa: S606 - what the platform describes
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
