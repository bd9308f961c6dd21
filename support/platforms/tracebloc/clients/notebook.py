"""The process a data scientist's SDK runs in, like the kernel of a notebook: `python -m support.platforms.tracebloc.clients.notebook PORT`.

It has a working folder and an environment of its own, takes one call at a time from the session that started it, and ends with it.
The SDK executes the uploaded model, so none of that happens in the process that runs the scenarios.
"""

import contextlib
import dataclasses
import io
import os
import select
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing.connection import Client
from operator import attrgetter
from pathlib import Path
from typing import Any

from support.platforms.tracebloc.clients.notebook_calls import FETCHED_PREFIX, KEY_VARIABLE, Answer, SdkError, TrainingPlan


class Tape:
    """Records what the SDK and the platform say to each other, or plays it back."""

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._left_over: Callable[[], int] = int

    def record(self, cassette: Path) -> None:
        """Keep all that the SDK and the platform say to each other from now on, until `finish`."""
        from support.platforms.tracebloc.cassettes.recorder import recording

        self._open.enter_context(recording(cassette))

    def play(self, cassette: Path) -> None:
        """Answer the SDK from a cassette from now on, until `finish`; nothing goes out any more."""
        from support.platforms.tracebloc.cassettes.recorder import playing

        self._left_over = self._open.enter_context(playing(cassette))

    def finish(self) -> int:
        """Write what was recorded, and let the SDK talk to the platform again; how many answers are left that were not played."""
        self._open.close()
        return self._left_over()


class Notebook:
    """The SDK's objects of one data scientist. Source: tracebloc SDK 1.2.63."""

    def __init__(self) -> None:
        self._user: Any = None
        self._plan: Any = None
        self.tape = Tape()

    def log_in(self, email: str, password: str) -> None:
        """Log in."""
        from tracebloc import User

        self._user = User("local", email, password)

    def log_in_again(self) -> None:
        """Log in once more with what was given before."""
        self._user.login()

    def use_token(self, token: str) -> None:
        """Work with a token from the environment; nothing is asked of the platform for it."""
        from tracebloc import User

        os.environ["TRACEBLOC_TOKEN"] = token
        self._user = User("local")

    def wait_at_most(self, seconds: float) -> None:
        """Wait so long for each answer; `User` has no way to say so, and waits 30 s."""
        client = self._user._User__client
        client._config = dataclasses.replace(client.config, timeout_seconds=seconds)

    def upload_model(self, model: Path, weights: bool) -> None:
        """Upload a model file, after the SDK's own local checks."""
        from support.platforms.tracebloc.clients import vision

        vision.prepare_for(model)
        self._user.upload_model(str(model), weights=weights)

    def link_dataset(self, dataset_key: str) -> bool:
        """Link the uploaded model to a dataset; whether the SDK gave a plan."""
        self._plan = self._user.link_model_dataset(dataset_key)
        return self._plan is not None

    def link_template(self, dataset_key: str, template: str) -> bool:
        """Link a template of the model zoo to a dataset; whether the SDK gave a plan."""
        self._plan = self._user.link_model_dataset(dataset_key, template=template)
        return self._plan is not None

    def choose_rows(self, rows_of_class: dict[str, int]) -> None:
        """Train on so many rows of each class only."""
        self._plan.training_classes(rows_of_class)

    def show_columns(self) -> None:
        """Print the columns that may be combined."""
        self._plan.get_features()

    def start(self, plan: TrainingPlan) -> str | None:
        """Set the plan and start the experiment; its key, or None when the SDK only printed why not."""
        self._plan.experiment_name(plan.name)
        self._plan.epochs(plan.epochs)
        self._plan.cycles(plan.cycles)
        self._plan.optimizer(plan.optimizer)
        self._plan.learning_rate({"type": "constant", "value": plan.learning_rate})
        self._plan.loss_function({"type": "standard", "value": plan.loss_function})
        self._plan.validation_split(plan.validation_split)
        return self.start_again()

    def start_again(self) -> str | None:
        """Start with the plan as it is; the key, or None when the SDK only printed why not."""
        key = self._plan.start()
        return None if key is None else str(key)

    def experiment_state(self, experiment_key: str) -> dict[str, Any] | None:
        """What the SDK says of an experiment; None when it is unknown to this data scientist."""
        state: dict[str, Any] | None = self._user.get_experiment_status(experiment_key)
        return state

    def fetch_model(self, name: str) -> dict[str, str | None]:
        """Fetch the model that was checked in the Run tab under this name; the path of each part."""
        return _absolute(self._user.fetch_model(name, directory=_new_folder()))

    def fetch_template(self, template: str, dataset_key: str) -> dict[str, str | None]:
        """Fetch a template of the model zoo; the path of each part."""
        return _absolute(self._user.fetch_zoo_template(template, dataset_key, directory=_new_folder()))

    def fetch_seed_weights(self, template: str, folder: str | None) -> str:
        """Fetch the weights a template was pretrained with, into a folder or a new one; their path."""
        return str(Path(self._user.fetch_seed_weights(template, directory=folder or _new_folder())).resolve())

    def run_inference(self, dataset_key: str, model: str, name: str) -> str:
        """Score a stored model without training it; the experiment's key."""
        return str(self._user.run_inference(dataset_key, model=model, name=name))

    def log_out(self) -> None:
        """Log out."""
        self._user.logout()


def _new_folder() -> str:
    return tempfile.mkdtemp(prefix=FETCHED_PREFIX, dir=Path.cwd())


def _absolute(paths: dict[str, str | None]) -> dict[str, str | None]:
    return {part: path and str(Path(path).resolve()) for part, path in paths.items()}


def main() -> None:
    """Take calls until the session closes the connection."""
    key = bytes.fromhex(os.environ.pop(KEY_VARIABLE))
    notebook = Notebook()
    with Client(("127.0.0.1", int(sys.argv[1])), authkey=key) as connection, contextlib.suppress(EOFError):
        threading.Thread(target=_end_with, args=[connection.fileno()], name="end with the session", daemon=True).start()
        while True:
            method, arguments = connection.recv()
            connection.send(_answer(attrgetter(method)(notebook), arguments))


def _end_with(session: int) -> None:
    """End when the other end of the connection is closed, whatever the SDK is busy with."""
    closed = select.poll()
    closed.register(session, select.POLLRDHUP)
    closed.poll()
    os._exit(0)


def _answer(call: Callable[..., Any], arguments: tuple[Any, ...]) -> Answer:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            value, error = call(*arguments), None
        except Exception as raised:
            value = None
            error = SdkError(type(raised).__name__, str(raised), getattr(raised, "status_code", None), getattr(raised, "code", None))
    return Answer(value, error, printed.getvalue())


if __name__ == "__main__":
    main()
