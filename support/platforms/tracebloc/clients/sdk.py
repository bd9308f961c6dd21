"""The real, unmodified tracebloc SDK, as a data scientist uses it in a notebook: log in, upload, link, plan, start, look.

Source: tracebloc SDK 1.2.63.
"""

import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

from environments.errors import PlatformRefused
from support.evidence.kinds import Kind
from support.evidence.recorder import record
from support.platforms.tracebloc.clients.notebook_calls import FETCHED_PREFIX, KEY_VARIABLE, Answer, TrainingPlan
from support.redaction import redact

StartModule = Callable[[str, list[str], Mapping[str, str], Path], None]
"""Starts a Python module with arguments, additional variables and a working folder; see `Substrate.start_beside`."""

LONGEST_START = 60.0
LONGEST_CALL = 150.0
_SECRET_ARGUMENTS = ("log_in", "use_token")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class SdkRefused(PlatformRefused):
    """The SDK did not do what was asked and only printed why; the text is what it printed."""


class SdkEnded(Exception):
    """The SDK's process ended, or did not answer in time, while something was asked of it."""


class SdkSession:
    """One data scientist's SDK, in a process and a working folder of its own; the process starts with the first call.

    What the SDK raises is raised here as SdkError. What it prints goes to `sdk.log` in the folder, redacted; `printed` is what the last
    call printed, as it was.
    """

    def __init__(self, backend_url: str, folder: Path, start_module: StartModule) -> None:
        self._variables = {"TRACEBLOC_API_URL": backend_url, "NO_PROXY": "127.0.0.1,localhost", "NETRC": os.devnull, "OMP_NUM_THREADS": "1"}
        self._folder = folder
        self._start_module = start_module
        self._connection: Connection | None = None
        self.printed = ""

    @property
    def is_in_use(self) -> bool:
        """Whether its process runs, since something was asked of it."""
        return self._connection is not None

    def log_in(self, email: str, password: str) -> None:
        """Log in; raises SdkError (AuthenticationError, APIError)."""
        self._call("log_in", email, password)

    def log_in_again(self) -> None:
        """Log in once more with what was given before; raises SdkError (AuthenticationError, APIError)."""
        self._call("log_in_again")

    def use_token(self, token: str) -> None:
        """Work with a token from the environment; a bad one is noticed by the first call that uses it."""
        self._call("use_token", token)

    def wait_at_most(self, seconds: float) -> None:
        """Wait so long for each answer from now on, in place of the SDK's 30 s; an upload keeps its 300 s."""
        self._call("wait_at_most", seconds)

    def upload_model(self, model: Path, weights: bool = False) -> None:
        """Upload a model file, after the SDK's own local checks; raises SdkError (ModelValidationError).

        A tokenizer beside it, `<its name>_tokenizer.json`, goes along: that is where the SDK looks for it.

        Args:
            model: the file.
            weights: whether to upload `<its name>_weights.*` beside it too.
        """
        own = self._folder.resolve()
        own.mkdir(parents=True, exist_ok=True)
        if not model.resolve().is_relative_to(own):
            # the SDK makes a folder of its own beside the file, where others may be at work too
            for file in (model, *model.parent.glob(f"{model.stem}_weights.*"), *model.parent.glob(f"{model.stem}_tokenizer.json")):
                shutil.copyfile(file, own / file.name)
            model = own / model.name
        self._call("upload_model", model, weights)

    def link_dataset(self, dataset_key: str) -> None:
        """Link the uploaded model to a dataset; raises SdkError (DatasetLinkingError) or SdkRefused."""
        self._done("link_dataset", dataset_key)

    def link_template(self, dataset_key: str, template: str) -> None:
        """Link a template of the model zoo to a dataset; raises SdkError (DatasetLinkingError, APIError) or SdkRefused."""
        self._done("link_template", dataset_key, template)

    def choose_rows(self, rows_of_class: dict[str, int]) -> None:
        """Train on so many rows of each class only; the SDK prints what it refuses, and `start` fails then. Raises SdkError."""
        self._call("choose_rows", rows_of_class)

    def show_columns(self) -> None:
        """Let the SDK print the columns that may be combined."""
        self._call("show_columns")

    def start(self, plan: TrainingPlan) -> str:
        """Set the plan and start the experiment; returns its key. Raises SdkError (APIError, ValueError) or SdkRefused."""
        return str(self._done("start", plan))

    def start_again(self) -> str:
        """Start once more with the plan as it is; returns the key. Raises SdkError or SdkRefused."""
        return str(self._done("start_again"))

    def experiment_state(self, experiment_key: str) -> dict[str, Any] | None:
        """What the SDK says of an experiment (status, status_display, category, reason); None when it is unknown to the data scientist."""
        state: dict[str, Any] | None = self._call("experiment_state", experiment_key).value
        return state

    def experiment_status(self, experiment_key: str) -> str | None:
        """The experiment's status in the platform's words; None when it is unknown to this data scientist."""
        state = self.experiment_state(experiment_key)
        return None if state is None else str(state["status_display"])

    def experiment_reason(self, experiment_key: str) -> str | None:
        """Why an experiment ended early, in the platform's words; None when there is no reason or the experiment is unknown."""
        state = self.experiment_state(experiment_key)
        return None if state is None else state["reason"]

    def fetch_model(self, name: str) -> dict[str, Path]:
        """Fetch the data scientist's stored model; where its parts (model, weights, tokenizer) are now. Raises SdkError (APIError)."""
        return _present(self._call("fetch_model", name).value)

    def fetch_template(self, template: str, dataset_key: str) -> dict[str, Path]:
        """Fetch a template of the model zoo; where each part it has (model, tokenizer) is now. Raises SdkError (APIError)."""
        return _present(self._call("fetch_template", template, dataset_key).value)

    def fetch_seed_weights(self, template: str, folder: Path | None = None) -> Path:
        """Fetch the weights a template was pretrained with, into a folder or a new one; where they are. Raises SdkError (APIError)."""
        return Path(self._call("fetch_seed_weights", template, folder and str(folder)).value)

    def fetched_files(self) -> list[Path]:
        """All files that fetching left in new folders."""
        return sorted(file for folder in self._folder.glob(f"{FETCHED_PREFIX}*") for file in folder.iterdir())

    def run_inference(self, dataset_key: str, model: str, name: str) -> str:
        """Score a stored model without training it; returns the key. Raises SdkError (InferenceRefusedError, APIError, ...)."""
        return str(self._call("run_inference", dataset_key, model, name).value)

    def log_out(self) -> None:
        """Log out; raises SdkError (APIError). The SDK only prints it when nobody is logged in."""
        self._call("log_out")

    def record(self, cassette: Path) -> None:
        """Keep all that is said from now on; `finish_tape` writes it to the file."""
        self._call("record", cassette.resolve())

    def play(self, cassette: Path) -> None:
        """Answer from a cassette from now on: nothing goes out any more. Raises SdkError when it cannot be read."""
        self._call("play", cassette.resolve())

    def finish_tape(self) -> int:
        """End recording or playing; how many answers of the cassette nobody asked for."""
        return int(self._call("finish_tape").value)

    def close(self) -> None:
        """End the process; idempotent."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _done(self, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - whatever the call gives
        answer = self._call(method, *arguments)
        if not answer.value:
            raise SdkRefused(answer.printed)
        return answer.value

    def _call(self, method: str, *arguments: Any) -> Answer:
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
        with (self._folder / "sdk.log").open("a", encoding="utf-8") as log:
            log.write(redact(plain))
        said = f"SDK {_told(method, arguments)}"
        record(Kind.CALL, said, plain, at=started, seconds=time.time() - started, failed=answer.error is not None)
        if answer.error is not None:
            raise answer.error
        return Answer(answer.value, None, plain)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            key = secrets.token_bytes(32)
            with socket.create_server(("127.0.0.1", 0)) as server:
                port = str(server.getsockname()[1])
                self._start_module(
                    "support.platforms.tracebloc.clients.notebook", [port], {**self._variables, KEY_VARIABLE: key.hex()}, self._folder
                )
                self._connection = _accept(server, key)
        return self._connection


def _told(method: str, arguments: tuple[Any, ...]) -> str:
    """The call without what is secret."""
    shown = [argument.name if isinstance(argument, Path) else str(argument) for argument in arguments]
    return method if method in _SECRET_ARGUMENTS else " ".join([method, *shown])


def _present(paths: dict[str, str | None]) -> dict[str, Path]:
    return {part: Path(path) for part, path in paths.items() if path is not None}


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
