"""A git repository made for the purpose, with commits on given days."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Made:
    """Its main line is `main`; each change names the day on which it is made, counted from a Monday."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")
        self.commit(0, "begin", {"start.py": "start\n"})

    def git(self, *arguments: str, day: float = 0) -> str:
        """What git says."""
        when = f"{(FIRST + timedelta(days=day)).isoformat()}"
        surroundings = os.environ | {
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_DATE": when,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
        ended = subprocess.run(
            ["git", "-C", str(self.folder), *who, *arguments], env=surroundings, capture_output=True, text=True, check=True
        )
        return ended.stdout.strip()

    def commit(self, day: float, subject: str, files: dict[str, str]) -> str:
        """Commit on what is checked out; the commit's name."""
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
            self.git("add", name)
        self.git("commit", "-q", "--allow-empty", "-m", subject, day=day)
        return self.git("rev-parse", "HEAD")

    def merge(self, day: float, branch: str, files: dict[str, str], *, subject: str = "", commit: str = "work") -> str:
        """Merge a branch with one commit; the merge's name."""
        self.git("checkout", "-q", "-b", branch)
        self.commit(day, commit, files)
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", subject or f"Merge branch '{branch}'", branch, day=day)
        return self.git("rev-parse", "HEAD")
