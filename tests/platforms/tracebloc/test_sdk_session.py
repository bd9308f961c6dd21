"""A data scientist's session with the real SDK, in a process of its own."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support.platforms.tracebloc.clients import sdk_process
from support.platforms.tracebloc.clients.notebook_calls import SdkError
from support.platforms.tracebloc.clients.sdk import SdkSession
from support.platforms.tracebloc.clients.sdk_process import SdkEnded
from tests.http_server import Answered, answering

PROJECT = Path(__file__).parents[3]


class Starter:
    """Starts the session's process plainly, and remembers it."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []

    def __call__(self, module: str, arguments: list[str], variables: Mapping[str, str], folder: Path) -> None:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **variables}
        self.started.append(subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=folder, env=environment))


@pytest.fixture
def starter() -> Iterator[Starter]:
    starter = Starter()
    yield starter
    for process in starter.started:
        process.kill()
        process.wait()


@pytest.fixture
def refusing_backend() -> Iterator[str]:
    """A backend that knows nobody."""
    refusal = b'{"non_field_errors": ["Unable to log in with provided credentials."]}'
    with answering(lambda _asked: Answered(400, refusal)) as url:
        yield url


def test_what_the_sdk_raises_is_raised_here_with_its_type(refusing_backend: str, starter: Starter, tmp_path: Path) -> None:
    session = SdkSession(refusing_backend, tmp_path / "ada", starter)
    with pytest.raises(SdkError, match="Login credentials are not correct") as failure:
        session.log_in("ada@example.com", "wrong-password")
    assert failure.value.kind == "AuthenticationError"
    session.close()


def test_nothing_of_this_process_changes_and_the_log_is_redacted(refusing_backend: str, starter: Starter, tmp_path: Path) -> None:
    folder, environment = Path.cwd(), dict(os.environ)
    session = SdkSession(refusing_backend, tmp_path / "ada", starter)
    with pytest.raises(SdkError):
        session.log_in("ada@example.com", "wrong-password")
    assert (Path.cwd(), dict(os.environ)) == (folder, environment)
    assert "ada@example.com" not in (tmp_path / "ada" / "sdk.log").read_text()
    session.close()


def test_the_process_ends_with_its_session(refusing_backend: str, starter: Starter, tmp_path: Path) -> None:
    session = SdkSession(refusing_backend, tmp_path / "ada", starter)
    with pytest.raises(SdkError):
        session.log_in("ada@example.com", "wrong-password")
    session.close()
    session.close()
    assert starter.started[0].wait(timeout=10) == 0


def test_a_process_that_is_busy_ends_with_its_session_too(starter: Starter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        session = SdkSession(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path / "ada", starter)
        monkeypatch.setattr(sdk_process, "LONGEST_CALL", 0.5)
        with pytest.raises(SdkEnded, match="did not answer log_in within"):
            session.log_in("ada@example.com", "a-password")
        session.close()
        assert starter.started[0].wait(timeout=10) == 0


def test_a_process_that_dies_during_a_call_is_said_to_have_ended(starter: Starter, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        session = SdkSession(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path / "ada", starter)

        calls = []

        def kill_once_it_calls() -> None:
            # kept: a call that is dropped would be answered before the process is dead
            calls.append(silent.accept())
            starter.started[0].kill()

        threading.Thread(target=kill_once_it_calls, daemon=True).start()
        with pytest.raises(SdkEnded, match="ended during log_in"):
            session.log_in("ada@example.com", "a-password")
        session.close()
