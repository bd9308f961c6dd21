"""The real, unmodified tracebloc SDK, as a data scientist uses it in a notebook: log in, upload, link, plan, start, look.

Source: tracebloc SDK 1.2.63.
"""

import os
import re
import secrets
import shutil
import socket
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

from support.clients.notebook_calls import KEY_VARIABLE, Answer, Plan
from support.redaction import redact

StartModule = Callable[[str, list[str], Mapping[str, str], Path], None]
"""Starts a Python module with arguments, additional variables and a working folder; see `Substrate.start_beside`."""

LONGEST_START = 60.0
LONGEST_CALL = 150.0
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class SdkRefused(Exception):
    """The SDK did not do what was asked and only printed why; the text is what it printed."""


class SdkEnded(Exception):
    """The SDK's process ended, or did not answer in time, while something was asked of it."""


class SdkSession:
    """One data scientist's SDK, in a process and a working folder of its own; the process starts with the first call.

    What the SDK raises is raised here as SdkError. What it prints goes to `sdk.log` in the folder, redacted.
    """

    def __init__(self, backend_url: str, folder: Path, start_module: StartModule) -> None:
        self._variables = {"TRACEBLOC_API_URL": backend_url, "NO_PROXY": "127.0.0.1,localhost", "NETRC": os.devnull, "OMP_NUM_THREADS": "1"}
        self._folder = folder
        self._start_module = start_module
        self._connection: Connection | None = None

    def log_in(self, email: str, password: str) -> None:
        """Log in; raises SdkError (AuthenticationError, APIError)."""
        self._call("log_in", email, password)

    def upload_model(self, model: Path) -> None:
        """Upload a model file, after the SDK's own local checks; raises SdkError (ModelValidationError)."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # the SDK makes a folder of its own beside the file, where others may be at work too
        self._call("upload_model", shutil.copyfile(model, self._folder / model.name))

    def link_dataset(self, dataset_key: str) -> None:
        """Link the uploaded model to a dataset; raises SdkError (DatasetLinkingError) or SdkRefused."""
        answer = self._call("link_dataset", dataset_key)
        if not answer.value:
            raise SdkRefused(answer.printed)

    def start(self, plan: Plan) -> str:
        """Set the plan and start the experiment; returns its key. Raises SdkError (APIError, ValueError) or SdkRefused."""
        answer = self._call("start", plan)
        if not answer.value:
            raise SdkRefused(answer.printed)
        return str(answer.value)

    def experiment_status(self, experiment_key: str) -> str | None:
        """The experiment's status in the platform's words; None when it is unknown to this data scientist."""
        status: str | None = self._call("experiment_status", experiment_key).value
        return status

    def log_out(self) -> None:
        """Log out."""
        self._call("log_out")

    def close(self) -> None:
        """End the process; idempotent."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _call(self, method: str, *arguments: Any) -> Answer:
        connection = self._connected()
        try:
            connection.send((method, arguments))
            if not connection.poll(LONGEST_CALL):
                raise SdkEnded(f"the SDK did not answer {method} within {LONGEST_CALL:.0f} s")
            answer: Answer = connection.recv()
        except (EOFError, ConnectionError) as error:
            raise SdkEnded(f"the SDK's process ended during {method}") from error
        plain = _ANSI.sub("", answer.printed)
        with (self._folder / "sdk.log").open("a", encoding="utf-8") as log:
            log.write(redact(plain))
        if answer.error is not None:
            raise answer.error
        return Answer(answer.value, None, plain)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            key = secrets.token_bytes(32)
            with socket.create_server(("127.0.0.1", 0)) as server:
                port = str(server.getsockname()[1])
                self._start_module("support.clients.notebook", [port], {**self._variables, KEY_VARIABLE: key.hex()}, self._folder)
                self._connection = _accept(server, key)
        return self._connection


def _accept(server: socket.socket, key: bytes) -> Connection:
    """The first connection, both ends having proved that they know the key."""
    server.settimeout(LONGEST_START)
    try:
        accepted, _ = server.accept()
    except TimeoutError as error:
        raise SdkEnded(f"the SDK's process did not start within {LONGEST_START:.0f} s") from error
    accepted.settimeout(None)
    connection = Connection(accepted.detach())
    deliver_challenge(connection, key)
    answer_challenge(connection, key)
    return connection
