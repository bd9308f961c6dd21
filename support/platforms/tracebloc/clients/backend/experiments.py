"""Models, experiments, submissions and the leaderboard."""

import json
from pathlib import Path
from typing import Any

from support.platforms.tracebloc.clients.backend.connection import BackendConnection, Json


class Experiments(BackendConnection):
    """What a team does about models and experiments."""

    def keep_model(self, model: Path, weights: bytes | None = None, name: str = "", tokenizer: bytes | None = None) -> Json:
        """Upload a model and its parts in the Run tab, where the SDK fetches it by its name: its file's unless one is given."""
        files: dict[str, Any] = {"upload_file": (model.name, model.read_bytes())}
        if weights is not None:
            files["upload_weights"] = (f"{model.stem}_weights.safetensors", weights)
        if tokenizer is not None:
            files["upload_tokenizer"] = (f"{model.stem}_tokenizer.json", tokenizer)
        return self._object("POST", "/check-model/checks/", data={"model_name": name or model.stem}, files=files)

    def link_kept_model(self, dataset_key: str, model: str) -> Json:
        """Link a model from the Run tab to a training dataset, past the SDK."""
        fields = {"type": "linking_dataset", "dataset_key": dataset_key, "stored_model": model}
        return self._object("POST", "/check-model/", data=fields)

    def rows_of_each(self, dataset_key: str, wanted: dict[str, int], edges: list[str]) -> dict[str, int]:
        """How many rows each of these secure environments gives when so many of each class are wanted, by Client ID."""
        form = {"type": "recalculate_image_count_per_edge", "dataset_key": dataset_key}
        chosen = {"data_per_class": json.dumps(wanted), "edges_involved": json.dumps(edges)}
        told: dict[str, int] = self._object("POST", "/check-model/", data={**form, **chosen})["total_data_per_edge"]
        return told

    def zoo_template(self, dataset_key: str, template: str) -> bytes:
        """The file of a template of the model zoo, for a dataset."""
        return self._answer("GET", "/model-zoo/templates/model/", params={"dataset": dataset_key, "template": template}).content

    def kept_weights(self, model: str) -> bytes:
        """The weights beside a model that was uploaded in the Run tab."""
        return self._answer("GET", f"/check-model/uploads/{model}/weights/").content

    def kept_model(self, model: str) -> bytes:
        """The file of a model that was uploaded in the Run tab."""
        return self._answer("GET", f"/check-model/uploads/{model}/model/").content

    def columns(self, dataset_key: str) -> Json:
        """The columns of a dataset, with their types."""
        return self._object("GET", "/dataset/global_meta_data/", params={"dataset_id": dataset_key})

    def start_experiment(self, dataset_key: str, model: str, name: str, **plan: str) -> Json:
        """Start an experiment past the SDK, by a request of one's own making."""
        return self._object("POST", "/experiments/", data={"dataset_key": dataset_key, "model_name": model, "name": name, **plan})

    def start_inference(self, dataset_key: str, model: str, name: str) -> Json:
        """Have a stored model scored without training, past the SDK; the answer names the run and its submission."""
        return self._object("POST", "/experiments/inference-only/", json={"dataset_key": dataset_key, "model_name": model, "name": name})

    def experiments(self, use_case: str) -> list[Json]:
        """The experiments of the caller's team in a use case, the newest first."""
        return self._list("GET", "/experiments/", params={"use_case": use_case})

    def pause_experiment(self, key: str) -> Json:
        """Begin no new cycle until it is resumed."""
        return self._object("POST", f"/experiments/{key}/pause/")

    def resume_experiment(self, key: str) -> Json:
        """Go on with a paused experiment."""
        return self._object("POST", f"/experiments/{key}/resume/")

    def stop_experiment(self, key: str) -> Json:
        """End an experiment for good."""
        return self._object("POST", f"/experiments/{key}/stop/")

    def experiment(self, key: str) -> Json:
        """One experiment of the caller's team, with its cycles, metrics and pods."""
        return self._object("GET", f"/experiments/{key}/")

    def submit_cycle(self, experiment_key: str, cycle: int) -> Json:
        """Submit a finished cycle for inference."""
        return self._object("POST", f"/experiments/{experiment_key}/cycles/{cycle}/submissions/")

    def my_submissions(self, key: str) -> list[Json]:
        """The team's submissions in a use case."""
        return self._list("GET", f"/use-cases/{key}/submissions/")

    def leaderboard(self, key: str) -> list[Json]:
        """The rows of a use case's leaderboard, in the order the platform ranks them."""
        return self._list("GET", f"/use-cases/{key}/leaderboard/")
