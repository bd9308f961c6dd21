"""The real, unmodified tracebloc SDK, as a data scientist uses it in a notebook: log in, upload, link, plan, start, look.

Source: tracebloc SDK 1.2.63.
"""

import contextlib
import io
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.redaction import redact

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Plan:
    """How to train: what a data scientist sets on the SDK's training plan."""

    name: str
    epochs: int = 1
    cycles: int = 1
    optimizer: str = "adam"
    learning_rate: float = 0.02
    loss_function: str = "crossentropy"
    validation_split: float = 0.2


class SdkRefused(Exception):
    """The SDK did not do what was asked and only printed why; the text is what it printed."""


class SdkSession:
    """One data scientist's SDK session, in a working folder of its own.

    The SDK reads variables and writes into the working folder, so every call runs with both set for it and put back after.
    What it prints goes to `sdk.log` in that folder, redacted.
    """

    def __init__(self, backend_url: str, folder: Path) -> None:
        self._folder = folder
        self._cache = folder / "torch-cache"
        self._variables = {
            "TRACEBLOC_API_URL": backend_url,
            "NO_PROXY": "127.0.0.1,localhost",
            "NETRC": os.devnull,
            "TORCHINDUCTOR_CACHE_DIR": str(self._cache),
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        self._user: Any = None
        self._plan: Any = None

    def log_in(self, email: str, password: str) -> None:
        """Log in; raises tracebloc's AuthenticationError or APIError."""
        with self._notebook():
            from tracebloc import User

            self._user = User("local", email, password)

    def upload_model(self, model: Path) -> None:
        """Upload a model file, after the SDK's own local checks; raises tracebloc's ModelValidationError."""
        with self._notebook():
            self._user.upload_model(str(model))

    def link_dataset(self, dataset_key: str) -> None:
        """Link the uploaded model to a dataset; raises tracebloc's DatasetLinkingError."""
        with self._notebook() as printed:
            self._plan = self._user.link_model_dataset(dataset_key)
        if self._plan is None:
            raise SdkRefused(_plain(printed.getvalue()))

    def start(self, plan: Plan) -> str:
        """Set the plan and start the experiment; returns its key. Raises tracebloc's APIError when the platform refuses."""
        with self._notebook() as printed:
            self._plan.experiment_name(plan.name)
            self._plan.epochs(plan.epochs)
            self._plan.cycles(plan.cycles)
            self._plan.optimizer(plan.optimizer)
            self._plan.learning_rate({"type": "constant", "value": plan.learning_rate})
            self._plan.loss_function({"type": "standard", "value": plan.loss_function})
            self._plan.validation_split(plan.validation_split)
            experiment_key = self._plan.start()
        if not experiment_key:
            raise SdkRefused(_plain(printed.getvalue()))
        return str(experiment_key)

    def experiment_status(self, experiment_key: str) -> str | None:
        """The experiment's status in the platform's words; None when it is unknown to this data scientist."""
        with self._notebook():
            status = self._user.get_experiment_status(experiment_key)
        return None if status is None else str(status["status_display"])

    def log_out(self) -> None:
        """Log out."""
        with self._notebook():
            self._user.logout()

    def close(self) -> None:
        """Remove what torch left in the working folder."""
        shutil.rmtree(self._cache, ignore_errors=True)

    @contextlib.contextmanager
    def _notebook(self) -> Iterator[io.StringIO]:
        printed = io.StringIO()
        before = {name: os.environ.get(name) for name in self._variables}
        os.environ.update(self._variables)
        try:
            with contextlib.chdir(self._folder), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                yield printed
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
            with (self._folder / "sdk.log").open("a", encoding="utf-8") as log:
                log.write(redact(_plain(printed.getvalue())))


def _plain(printed: str) -> str:
    return _ANSI.sub("", printed)
