"""Where a run's temporary folder can be: in the system's folder for such, unless services could not work there."""

import os
import tempfile
from pathlib import Path

ELSEWHERE = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - the folder made in it is closed to others


def parent_of_state() -> Path:
    """The folder to make the run's folder in: without a space, which scripts of some servers stumble over; for root one that others
    get through, since some servers refuse to run as root.
    """
    usual = Path(tempfile.gettempdir()).resolve()
    return next((folder for folder in (usual, *ELSEWHERE) if _is_good(folder)), usual)


def _is_good(folder: Path) -> bool:
    if any(letter.isspace() for letter in str(folder)) or not os.access(folder, os.W_OK | os.X_OK):
        return False
    return os.geteuid() != 0 or all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))
