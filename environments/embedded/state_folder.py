"""Where a run's temporary folder can be: in the system's folder for such, unless services of other users could not get there."""

import os
import tempfile
from pathlib import Path

ELSEWHERE = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - the folder made in it is closed to others


def parent_of_state() -> Path:
    """The folder to make the run's folder in; for root one that others get through, since some servers refuse to run as root."""
    usual = Path(tempfile.gettempdir()).resolve()
    if os.geteuid() != 0:
        return usual
    return next((folder for folder in (usual, *ELSEWHERE) if _is_open_to_others(folder)), usual)


def _is_open_to_others(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))
