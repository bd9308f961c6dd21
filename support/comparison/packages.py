"""Another version of a package, installed beside the environment, so that scenarios can run with it."""

import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from support.redaction import redact

OLDER = re.compile(r"\(from versions: .*, (?=(?:[^,)]*, ){4}[^,)]*\))")
"""Of what pip lists, all but the newest five."""
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9][A-Za-z0-9.!+_-]*)")


class CannotInstall(Exception):
    """The version is not to be had, or what was asked for is no `name==version`."""


def name_and_version(requirement: str) -> tuple[str, str]:
    """Of `name==version`; raises CannotInstall."""
    found = REQUIREMENT.fullmatch(requirement)
    if found is None:
        raise CannotInstall(f"'{requirement}' has to name one version, such as shop-client==1.2.64")
    return found["name"], found["version"]


def installed_version(name: str) -> str:
    """The version of this environment; raises CannotInstall when the package is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        raise CannotInstall(f"the package '{name}' is not installed here, so there is nothing to compare with") from None


def variables_with(requirement: str, folder: Path) -> dict[str, str]:
    """Install the package alone into a folder; the variables that make it win over the environment's. Raises CannotInstall."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--target", str(folder)]
    ended = subprocess.run([*command, requirement], capture_output=True, text=True, check=False)
    if ended.returncode:
        said = redact(ended.stderr).splitlines()
        lines = [line for line in said if line.startswith("ERROR")] or said[-3:]
        raise CannotInstall(f"{requirement} cannot be installed: {OLDER.sub('(from versions: ..., ', ' '.join(lines))}")
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))}
