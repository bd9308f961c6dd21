"""Packages of npm's that tests check results with, installed into a folder of their own, without running their scripts."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import pytest

LONGEST_SECONDS = 180


@cache
def npm_folder(*packages: str) -> Path:
    """A folder whose `node_modules` has these packages; skips the test, and says so, where they cannot be had."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("NOT CHECKED: Node.js and npm are not installed, so nothing could be checked with " + ", ".join(packages))
    folder = Path(gettempdir()) / f"ringmaster-npm-{os.getuid()}" / "+".join(packages).replace("/", "_")
    if not (folder / "node_modules" / ".package-lock.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *packages]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip(f"NOT CHECKED: npm took longer than {LONGEST_SECONDS} s to install {', '.join(packages)}")
        if done.returncode:
            pytest.skip(f"NOT CHECKED: npm cannot install {', '.join(packages)}: {done.stderr[-200:]}")
    return folder


def node(folder: Path, *arguments: str | Path, stdin: bytes | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a script with the packages of a folder."""
    return subprocess.run(
        ["node", *map(str, arguments)], cwd=folder, input=stdin and stdin.decode(), capture_output=True, text=True, timeout=120, check=False
    )
