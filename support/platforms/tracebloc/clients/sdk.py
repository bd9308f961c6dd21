"""The real, unmodified tracebloc SDK, as a data scientist uses it in a notebook: log in, upload, link, plan, start, look.

Source: tracebloc SDK 1.2.63.
"""

import shutil
from pathlib import Path
from typing import Any

from environments.errors import PlatformRefused
from support.platforms.tracebloc.clients.notebook_calls import TrainingPlan
from support.platforms.tracebloc.clients.sdk_fetching import SdkFetching
from support.platforms.tracebloc.clients.sdk_process import SdkProcess, StartModule
from support.platforms.tracebloc.clients.sdk_tape import SdkTape


class SdkRefused(PlatformRefused):
    """The SDK did not do what was asked and only printed why; the text is what it printed."""


class SdkSession:
    """One data scientist's SDK: what is asked of it goes to its process, and what it raises there is raised here as SdkError."""

    def __init__(self, backend_url: str, folder: Path, start_module: StartModule) -> None:
        self.process = SdkProcess(backend_url, folder, start_module)
        self.fetching = SdkFetching(self.process)
        self.tape = SdkTape(self.process)

    @property
    def printed(self) -> str:
        """What the last call printed, as it was."""
        return self.process.printed

    def log_in(self, email: str, password: str) -> None:
        """Log in; raises SdkError (AuthenticationError, APIError)."""
        self.process.call("log_in", email, password)

    def log_in_again(self) -> None:
        """Log in once more with what was given before; raises SdkError (AuthenticationError, APIError)."""
        self.process.call("log_in_again")

    def use_token(self, token: str) -> None:
        """Work with a token from the environment; a bad one is noticed by the first call that uses it."""
        self.process.call("use_token", token)

    def wait_at_most(self, seconds: float) -> None:
        """Wait so long for each answer from now on, in place of the SDK's 30 s; an upload keeps its 300 s."""
        self.process.call("wait_at_most", seconds)

    def upload_model(self, model: Path, weights: bool = False) -> None:
        """Upload a model file, after the SDK's own local checks; raises SdkError (ModelValidationError).

        A tokenizer beside it, `<its name>_tokenizer.json`, goes along: that is where the SDK looks for it.

        Args:
            model: the file.
            weights: whether to upload `<its name>_weights.*` beside it too.
        """
        own = self.process.folder.resolve()
        own.mkdir(parents=True, exist_ok=True)
        if not model.resolve().is_relative_to(own):
            # the SDK makes a folder of its own beside the file, where others may be at work too
            for file in (model, *model.parent.glob(f"{model.stem}_weights.*"), *model.parent.glob(f"{model.stem}_tokenizer.json")):
                shutil.copyfile(file, own / file.name)
            model = own / model.name
        self.process.call("upload_model", model, weights)

    def link_dataset(self, dataset_key: str) -> None:
        """Link the uploaded model to a dataset; raises SdkError (DatasetLinkingError) or SdkRefused."""
        self._done("link_dataset", dataset_key)

    def link_template(self, dataset_key: str, template: str) -> None:
        """Link a template of the model zoo to a dataset; raises SdkError (DatasetLinkingError, APIError) or SdkRefused."""
        self._done("link_template", dataset_key, template)

    def choose_rows(self, rows_of_class: dict[str, int]) -> None:
        """Train on so many rows of each class only; the SDK prints what it refuses, and `start` fails then. Raises SdkError."""
        self.process.call("choose_rows", rows_of_class)

    def show_columns(self) -> None:
        """Let the SDK print the columns that may be combined."""
        self.process.call("show_columns")

    def start(self, plan: TrainingPlan) -> str:
        """Set the plan and start the experiment; returns its key. Raises SdkError (APIError, ValueError) or SdkRefused."""
        return str(self._done("start", plan))

    def start_again(self) -> str:
        """Start once more with the plan as it is; returns the key. Raises SdkError or SdkRefused."""
        return str(self._done("start_again"))

    def experiment_state(self, experiment_key: str) -> dict[str, Any] | None:
        """What the SDK says of an experiment (status, status_display, category, reason); None when it is unknown to the data scientist."""
        state: dict[str, Any] | None = self.process.call("experiment_state", experiment_key).value
        return state

    def experiment_status(self, experiment_key: str) -> str | None:
        """The experiment's status in the platform's words; None when it is unknown to this data scientist."""
        state = self.experiment_state(experiment_key)
        return None if state is None else str(state["status_display"])

    def experiment_reason(self, experiment_key: str) -> str | None:
        """Why an experiment ended early, in the platform's words; None when there is no reason or the experiment is unknown."""
        state = self.experiment_state(experiment_key)
        return None if state is None else state["reason"]

    def run_inference(self, dataset_key: str, model: str, name: str) -> str:
        """Score a stored model without training it; returns the key. Raises SdkError (InferenceRefusedError, APIError, ...)."""
        return str(self.process.call("run_inference", dataset_key, model, name).value)

    def log_out(self) -> None:
        """Log out; raises SdkError (APIError). The SDK only prints it when nobody is logged in."""
        self.process.call("log_out")

    def close(self) -> None:
        """End the process; idempotent."""
        self.process.close()

    def _done(self, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - whatever the call gives
        answer = self.process.call(method, *arguments)
        if not answer.value:
            raise SdkRefused(answer.printed)
        return answer.value
