"""Finds the servers' programs on this machine, and becomes one of them as a user without rights."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from environments.processes.kernel import be_told_of_parents_end

UNPRIVILEGED = "nobody"
"""Whom servers run as where this is root: one user for all, who can get through to their folders."""
ALSO_LOOKED_IN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/opt/homebrew/sbin")
EXIT_CODE = 3


class CannotStart(Exception):
    """A server cannot be started; the text says why."""


def find(name: str, *folders: str) -> str | None:
    """A program of this machine, in these folders first; None when it is not installed."""
    return shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", os.defpath), *ALSO_LOOKED_IN]))


def found(name: str, *folders: str) -> str:
    """A program of this machine; raises CannotStart."""
    program = find(name, *folders)
    if program is None:
        raise CannotStart(f"the program {name} is not installed")
    return program


def make_room(folder: Path) -> Path:
    """Make a folder that the server can write to, and get through to. Idempotent."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return folder
    user = pwd.getpwnam(UNPRIVILEGED)
    for above in folder.parents:
        if above.stat().st_mode & 0o001:
            break
        os.chown(above, 0, user.pw_gid)
        above.chmod(0o710)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def write(file: Path, text: str) -> None:
    """Write a file that only the server can read, since it may hold a password."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED)
        os.chown(file, user.pw_uid, user.pw_gid)


def give_up_rights() -> None:
    """Be a user without rights from now on, if this is root; still end when the parent ends."""
    if os.geteuid() != 0:
        return
    user = pwd.getpwnam(UNPRIVILEGED)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    # the kernel forgets it with the rights
    be_told_of_parents_end(signal.SIGKILL)


def become(command: Sequence[str], folder: Path, environment: Mapping[str, str], *, without: Sequence[str] = ()) -> NoReturn:
    """Become a program that is at home in a folder, without rights, and without these variables of this process."""
    os.chdir(folder)
    kept = {name: value for name, value in os.environ.items() if name not in without}
    give_up_rights()
    os.execve(command[0], list(command), {**kept, "HOME": str(folder), **environment})  # noqa: S606 - the caller's own program


def run_first(command: Sequence[str], folder: Path) -> None:
    """Run a program to its end without rights; raises CannotStart when it fails."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)}
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, cwd=folder, env=environment, preexec_fn=give_up_rights, check=False)
    if ended.returncode != 0:
        raise CannotStart(f"{Path(command[0]).name} ended with exit code {ended.returncode}")


def run(start: Callable[[], None]) -> None:
    """Start a server; exit code 3 and one line when that cannot be done."""
    try:
        start()
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_CODE) from None
