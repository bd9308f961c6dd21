"""What a data scientist fetches with the SDK: models, templates of the zoo, and weights.

Source: tracebloc SDK 1.2.63.
"""

from pathlib import Path

from support.platforms.tracebloc.clients.notebook_calls import FETCHED_PREFIX
from support.platforms.tracebloc.clients.sdk_process import SdkProcess


class SdkFetching:
    """Fetches by the SDK that runs in a process."""

    def __init__(self, process: SdkProcess) -> None:
        self._process = process

    def model(self, name: str) -> dict[str, Path]:
        """Fetch the data scientist's stored model; where its parts (model, weights, tokenizer) are now. Raises SdkError (APIError)."""
        return _present(self._process.call("fetch_model", name).value)

    def template(self, template: str, dataset_key: str) -> dict[str, Path]:
        """Fetch a template of the model zoo; where each part it has (model, tokenizer) is now. Raises SdkError (APIError)."""
        return _present(self._process.call("fetch_template", template, dataset_key).value)

    def seed_weights(self, template: str, folder: Path | None = None) -> Path:
        """Fetch the weights a template was pretrained with, into a folder or a new one; where they are. Raises SdkError (APIError)."""
        return Path(self._process.call("fetch_seed_weights", template, folder and str(folder)).value)

    def files(self) -> list[Path]:
        """All files that fetching left in new folders."""
        return sorted(file for folder in self._process.folder.glob(f"{FETCHED_PREFIX}*") for file in folder.iterdir())


def _present(paths: dict[str, str | None]) -> dict[str, Path]:
    return {part: Path(path) for part, path in paths.items() if path is not None}
