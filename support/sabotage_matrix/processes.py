"""`ringmaster run` as processes of their own, which can all be stopped in order."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.redaction import redact
from support.results.exit_codes import ExitCode
from support.results.run_record import UnreadableRecord, read_record
from support.results.scenario_result import ScenarioResult


class CannotRun(Exception):
    """A run was refused, which concerns all of them: its last words, and the exit code."""

    def __init__(self, words: str, exit_code: int) -> None:
        super().__init__(words)
        self.exit_code = exit_code


@dataclass
class RunProcesses:
    """The runs under way."""

    _living: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(
        self, command: Sequence[str], output: Path, variables: Mapping[str, str], folder: Path, longest: float | None = None
    ) -> int:
        """Run it and return its exit code; what it says goes to `output`.

        Args:
            command: how it is called.
            output: a file.
            variables: for it, besides those of this process, which hold its settings.
            folder: where it runs.
            longest: seconds after which it is stopped, in order, as it is when this process is interrupted meanwhile.
        """
        with output.open("wb") as file:
            with self._lock:
                if self._stopped:
                    return ExitCode.INTERRUPTED
                # no Allure results: nobody reads them, and they cost
                environment = {**os.environ, "RINGMASTER_ALLURE": "false", **variables}
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment, cwd=folder)
                self._living.add(process)
            try:
                return process.wait(longest)
            except BaseException as error:
                process.send_signal(signal.SIGTERM)
                exit_code = process.wait()
                if not isinstance(error, subprocess.TimeoutExpired):
                    raise
                return exit_code
            finally:
                self._living.discard(process)

    @property
    def stopped(self) -> bool:
        """Whether they were stopped: how the last runs ended then says nothing."""
        return self._stopped

    def stop(self) -> None:
        """End the living runs in order, so that each removes what it made; none begins any more."""
        with self._lock:
            self._stopped = True
            for process in self._living:
                process.send_signal(signal.SIGTERM)


def scenarios_of(results: Path) -> list[ScenarioResult]:
    """What came of the scenarios of the latest run there; nothing when the platform failed."""
    try:
        return read_record(results / "latest").scenarios
    except (FileNotFoundError, UnreadableRecord):
        return []


def last_words(output: Path) -> str:
    """What a run complained about, else its last lines."""
    lines = redact(output.read_text(encoding="utf-8", errors="replace")).strip().splitlines()
    return "\n".join(line.removeprefix("ringmaster: ") for line in lines if line.startswith("ringmaster: ")) or "\n".join(lines[-5:])
