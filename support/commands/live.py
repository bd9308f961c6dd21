"""`ringmaster run --live`: the page of a run while it goes on, and what failed once more on a click."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from environments.processes.variables import RUN_VARIABLE
from reports.live.following import AGAIN, STAYS, LiveFollower, LiveServer
from support.results.exit_codes import MEANINGS, ExitCode
from support.results.run_folder import RunFolder
from support.runner.stopping import Stopping
from support.terminal import complain, say

INTO = "--live-into"


class Live:
    """The live page of one command."""

    def __init__(self, server: LiveServer | None, follower: LiveFollower) -> None:
        self._server = server
        self.follower = follower

    def run_begins(self, folder: RunFolder) -> None:
        """Say where the page is, to whom may look, and tell the page of the run."""
        if self._server is not None and self._server.address:
            say(f"Live: {self._server.address}")
        elif self._server is not None:
            complain("the live page cannot be served; the run goes on without it")
        self.follower.run_begins(folder)

    def run_again_on_clicks(self) -> None:
        """While somebody looks at what failed, run it once more at each click; Ctrl-C ends it."""
        if self._server is None:
            return
        with suppress(KeyboardInterrupt), Stopping():
            for said in self._server.says():
                if said == STAYS:
                    say("The live page stays until it is closed, or until Ctrl-C.")
                elif said == AGAIN:
                    _run_again(self._server.file.fileno())
                else:
                    break


@contextmanager
def live_page(into: int | None) -> Iterator[Live]:
    """Within it, the page is served; a run that a click began tells the one that is there, by the descriptor `into`."""
    if into is not None:
        with os.fdopen(into, "w", encoding="utf-8", errors="replace") as file:
            yield Live(None, LiveFollower(file))
        return
    server = LiveServer()
    try:
        yield Live(server, LiveFollower(server.file))
    finally:
        server.close()


def _run_again(descriptor: int) -> None:
    """In a process of its own, which takes the steps and features as they are now."""
    given = [argument for argument in sys.argv[1:] if argument != "--live"]
    command = [sys.executable, "-m", "support", *given, "--rerun-failed", INTO, str(descriptor)]
    variables = {name: value for name, value in os.environ.items() if name != RUN_VARIABLE}
    say("\nOn a click, what failed runs once more.", "bold")
    process = subprocess.Popen(command, env=variables, pass_fds=[descriptor])
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # a terminal has told that run too; it ends in order
        process.terminate()
        process.wait()
        raise
    if code in MEANINGS:
        say(f"Exit code {code} of what ran once more: {MEANINGS[ExitCode(code)]}. The first run's stands.")
