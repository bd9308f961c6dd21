"""Which commit was tested."""

import subprocess


def current_commit() -> str:
    """The commit that is checked out in the working directory; empty where there is none, or no git. Source: git 2.39."""
    try:
        found = subprocess.run(["git", "rev-parse", "--verify", "--quiet", "HEAD"], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""
