"""The process a data scientist's SDK runs in, like the kernel of a notebook: `python -m support.clients.notebook PORT`.

It has a working folder and an environment of its own, takes one call at a time from the session that started it, and ends with it.
The SDK executes the uploaded model, so none of that happens in the process that runs the scenarios.
"""

import contextlib
import io
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

from support.clients.notebook_calls import KEY_VARIABLE, Answer, Plan, SdkError


class Notebook:
    """The SDK's objects of one data scientist. Source: tracebloc SDK 1.2.63."""

    def __init__(self) -> None:
        self._user: Any = None
        self._plan: Any = None

    def log_in(self, email: str, password: str) -> None:
        """Log in."""
        from tracebloc import User

        self._user = User("local", email, password)

    def upload_model(self, model: Path) -> None:
        """Upload a model file, after the SDK's own local checks."""
        self._user.upload_model(str(model))

    def link_dataset(self, dataset_key: str) -> bool:
        """Link the uploaded model to a dataset; whether the SDK gave a plan."""
        self._plan = self._user.link_model_dataset(dataset_key)
        return self._plan is not None

    def start(self, plan: Plan) -> str | None:
        """Set the plan and start the experiment; its key, or None when the SDK only printed why not."""
        self._plan.experiment_name(plan.name)
        self._plan.epochs(plan.epochs)
        self._plan.cycles(plan.cycles)
        self._plan.optimizer(plan.optimizer)
        self._plan.learning_rate({"type": "constant", "value": plan.learning_rate})
        self._plan.loss_function({"type": "standard", "value": plan.loss_function})
        self._plan.validation_split(plan.validation_split)
        key = self._plan.start()
        return None if key is None else str(key)

    def experiment_status(self, experiment_key: str) -> str | None:
        """The experiment's status in words; None when it is unknown to this data scientist."""
        status = self._user.get_experiment_status(experiment_key)
        return None if status is None else str(status["status_display"])

    def log_out(self) -> None:
        """Log out."""
        self._user.logout()


def main() -> None:
    """Take calls until the session closes the connection."""
    key = bytes.fromhex(os.environ.pop(KEY_VARIABLE))
    if torch := sys.modules.get("torch"):
        # forked with torch loaded, which does not look at OMP_NUM_THREADS any more: several threads would wait for each other
        torch.set_num_threads(1)
    notebook = Notebook()
    with Client(("127.0.0.1", int(sys.argv[1])), authkey=key) as connection, contextlib.suppress(EOFError):
        while True:
            method, arguments = connection.recv()
            connection.send(_answer(getattr(notebook, method), arguments))


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
