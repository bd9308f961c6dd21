"""The process that a data scientist's SDK runs in, and the connection over which it is asked."""

import os
import re
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

from support.evidence.kinds import Kind
from support.evidence.recorder import record
from support.platforms.tracebloc.clients.notebook_calls import KEY_VARIABLE, Answer
from support.redaction import redact

StartModule = Callable[[str, list[str], Mapping[str, str], Path], None]
"""Starts a Python module with arguments, additional variables and a working folder; see `Substrate.start_beside`."""

LONGEST_START = 60.0
LONGEST_CALL = 150.0
_SECRET_ARGUMENTS = ("log_in", "use_token")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class SdkEnded(Exception):
    """The SDK's process ended, or did not answer in time, while something was asked of it."""


class SdkProcess:
    """One data scientist's notebook, in a process and a working folder of its own; the process starts with the first call.

    What the SDK raises is raised here as SdkError. What it prints goes to `sdk.log` in the folder, redacted; `printed` is what the last
    call printed, as it was.
    """

    def __init__(self, backend_url: str, folder: Path, start_module: StartModule) -> None:
        self._variables = {"TRACEBLOC_API_URL": backend_url, "NO_PROXY": "127.0.0.1,localhost", "NETRC": os.devnull, "OMP_NUM_THREADS": "1"}
        self.folder = folder
        self._start_module = start_module
        self._connection: Connection | None = None
        self.printed = ""

    @property
    def is_in_use(self) -> bool:
        """Whether it runs, since something was asked of it."""
        return self._connection is not None

    def call(self, method: str, *arguments: Any) -> Answer:
        """Call a method of the notebook, such as `tape.record`; raises SdkError or SdkEnded."""
        connection = self._connected()
        started = time.time()
        try:
            connection.send((method, arguments))
            if not connection.poll(LONGEST_CALL):
                raise SdkEnded(f"the SDK did not answer {method} within {LONGEST_CALL:.0f} s")
            answer: Answer = connection.recv()
        except (EOFError, ConnectionError) as error:
            raise SdkEnded(f"the SDK's process ended during {method}") from error
        self.printed = plain = _ANSI.sub("", answer.printed)
        with (self.folder / "sdk.log").open("a", encoding="utf-8") as log:
            log.write(redact(plain))
        said = f"SDK {_told(method, arguments)}"
        record(Kind.CALL, said, plain, at=started, seconds=time.time() - started, failed=answer.error is not None)
        if answer.error is not None:
            raise answer.error
        return Answer(answer.value, None, plain)

    def close(self) -> None:
        """End the process; idempotent."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            key = secrets.token_bytes(32)
            with socket.create_server(("127.0.0.1", 0)) as server:
                port = str(server.getsockname()[1])
                self._start_module(
                    "support.platforms.tracebloc.clients.notebook", [port], {**self._variables, KEY_VARIABLE: key.hex()}, self.folder
                )
                self._connection = _accept(server, key)
        return self._connection


def _told(method: str, arguments: tuple[Any, ...]) -> str:
    """The call without what is secret."""
    shown = [argument.name if isinstance(argument, Path) else str(argument) for argument in arguments]
    name = method.rpartition(".")[2]
    return name if name in _SECRET_ARGUMENTS else " ".join([name, *shown])


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
