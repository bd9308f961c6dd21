"""A machine to install on: namespaces of its own, stand-in tools, and a folder that is all it can write to."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from environments.errors import PlatformRefused
from support.platforms.tracebloc.client_scripts import telemetry
from support.redaction import ending

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
TOOLS_FOLDER = Path("/usr/local/sbin")
"""Where the stand-ins appear: the scripts put it before every other folder of their PATH."""
LONGEST_RUN_SECONDS = 60.0


class Trouble(StrEnum):
    """What is the matter with the machine, as its tools know it."""

    NONE = "none"
    SET_UP_ALREADY = "none-since-it-is-set-up"
    CREDENTIALS_REFUSED = "credentials-refused"
    ACCOUNT_NOT_ACTIVE = "account-not-active"
    PLATFORM_UNAVAILABLE = "platform-unavailable"
    PLATFORM_UNREACHABLE = "platform-unreachable"
    CLUSTER_NOT_CREATED = "cluster-not-created"
    CHART_CANNOT_BE_INSTALLED = "chart-cannot-be-installed"
    NEVER_READY = "never-ready"
    CREDENTIALS_WRONG_IN_THE_CLUSTER = "credentials-wrong-in-the-cluster"
    IMAGE_CANNOT_BE_PULLED = "image-cannot-be-pulled"
    CONTAINER_CRASHES = "container-crashes"
    RELEASE_WITHOUT_SIGNATURE = "release-without-signature"
    SCRIPT_ALTERED_ON_THE_WAY = "script-altered-on-the-way"


@dataclass(frozen=True)
class Ended:
    """How a script ended, what it printed, which tools it called with what, and the events it reported."""

    exit_code: int
    output: str
    calls: list[list[str]]
    events: list[telemetry.Event]

    def calls_of(self, tool: str) -> list[list[str]]:
        """The arguments of each call of one tool."""
        return [arguments for name, *arguments in self.calls if name == tool]


class ScriptHangs(PlatformRefused):
    """A script did not end in time; the text ends with what it printed last."""


def why_not() -> str | None:
    """Why scripts cannot be run on a machine of their own here; None when they can."""
    if shutil.which("unshare") is None:
        return "the program unshare (package util-linux) is not installed"
    if not TOOLS_FOLDER.is_dir():
        return f"there is no folder {TOOLS_FOLDER}, where the stand-in tools would appear"
    return _refusal()


class Host:
    """A machine; `folder` is its disk, and the home of whoever runs a script on it."""

    def __init__(self, folder: Path, checkout: Path, trouble: Trouble = Trouble.NONE) -> None:
        self.folder = folder.resolve()
        self.home = self.folder / "home"
        self.checkout = checkout
        self.trouble = trouble
        for path in (self.home, self.folder / "tmp", self.folder / "machine"):
            path.mkdir(parents=True, exist_ok=True)

    def run(self, script: Path, variables: Mapping[str, str], arguments: Sequence[str] = (), patience: float = 1.0) -> Ended:
        """Run one of the checkout's scripts without a terminal; raises ScriptHangs after a minute, stretched by `patience`."""
        command = [*_unshare(), str(HERE / "enter.sh"), str(self.folder), str(PROGRAMS), "bash", str(self.checkout / script), *arguments]
        process = subprocess.Popen(
            command,
            env=self._environment() | dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # no terminal either: the scripts would ask their questions there
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=LONGEST_RUN_SECONDS * patience)
        except subprocess.TimeoutExpired:
            # the namespace's first process takes all others with it
            process.kill()
            output, _ = process.communicate()
            raise ScriptHangs(f"{script} did not end; it printed last:\n{ending(output.decode(errors='replace'), 1500)}") from None
        return Ended(process.returncode, output.decode(errors="replace"), self._calls(), telemetry.read(self.home, self.folder / "tmp"))

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "USER": "root",
            "SHELL": "/bin/bash",
            "TERM": "dumb",
            "LANG": "C.UTF-8",
            "PATH": f"{TOOLS_FOLDER}:/usr/sbin:/usr/bin:/sbin:/bin",
            "TMPDIR": str(self.folder / "tmp"),
            "MACHINE": str(self.folder / "machine"),
            "MACHINE_TROUBLE": self.trouble,
            "CLIENT_SCRIPTS": str(self.checkout / "scripts"),
            # the bar that counts downloads and the start at boot are for people and for a real machine
            "TB_NO_SERVICE_PROGRESS": "1",
            "TRACEBLOC_NO_AUTOSTART": "1",
        }

    def _calls(self) -> list[list[str]]:
        calls = self.folder / "machine" / "calls"
        return [shlex.split(line) for line in calls.read_text(encoding="utf-8").splitlines()] if calls.exists() else []


def _unshare() -> list[str]:
    as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *as_root, "--mount", "--net", "--pid", "--fork", "--kill-child"]


@cache
def _refusal() -> str | None:
    # tried on the stand-ins' own folder: it is there, and it is not written to
    command = [*_unshare(), str(HERE / "enter.sh"), str(PROGRAMS), str(PROGRAMS), "true"]
    tried = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if tried.returncode == 0:
        return None
    lines = tried.stderr.strip().splitlines()
    return f"this machine gives no namespaces to run them in ({lines[-1] if lines else f'exit code {tried.returncode}'})"
