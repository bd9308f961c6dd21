"""Toy data as the ingestor leaves it in a secure environment: a table with the framework's columns, and files in one flat folder.

Source: tracebloc-ingestor 0.8.94 (`storage.v1.json`, `layout.v1.json`).
"""

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from environments.platforms.tracebloc.backend.models.files import header_of
from environments.platforms.tracebloc.messaging.messages import DatasetTable, ModelInput, ScoreSubmission, TrainCycle
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.protocol import Task
from environments.platforms.tracebloc.training.readers import read_rows
from environments.platforms.tracebloc.training.readers.storage import Storage
from support.platforms.tracebloc.sample_data.tasks import ToyTask, toy_task
from tests.platforms.tracebloc.training.work import MODELS, plan

NO_FEATURES = {"timestamp", "sequence_id", "time"}
FILES = {"images": ".png", "texts": ".txt", "sequences": ".txt"}
MODELS_OF = {
    "tabular classification": "two_layer_cnn",
    "tabular regression": "linear_regression",
    "time series forecasting": "window_forecaster",
    "time series classification": "sequence_classifier",
    "time to event prediction": "proportional_hazards",
    "image classification": "picture_classifier",
    "semantic segmentation": "pixel_classifier",
    "keypoint detection": "point_finder",
    "object detection": "box_finder",
    "text classification": "topic_classifier",
    "masked language modeling": "word_guesser",
}


@dataclass(frozen=True)
class Edge:
    """A secure environment's database and shared folder, with one toy task's data to train and to test."""

    name: str
    storage: Storage
    datasets: dict[str, DatasetTable]

    @property
    def toy(self) -> ToyTask:
        """The toy task."""
        return toy_task(self.name)

    def change(self, statement: str) -> None:
        """Change the training data's table, called `train`."""
        with create_engine(self.storage.database_url).begin() as connection:
            connection.execute(text(statement))

    def file(self, name: str) -> Path:
        """A file of the training data."""
        return self.storage.shared_folder / "train" / name

    def train_cycle(self, **changes: Any) -> TrainCycle:
        """Work to train the toy model for one epoch."""
        chosen = plan(**{"learning_rate": self.toy.learning_rate, "loss_function": self.toy.loss_function, **self._batch(), **changes})
        return TrainCycle(**self._work("train"), plan=chosen, participants=["edge-1"])

    def score_submission(self, metric: str | None = None) -> ScoreSubmission:
        """Work to score the toy model on the test data."""
        return ScoreSubmission(**self._work("test"), submission_id="s-1", metric=metric or self.toy.metric)

    def rows(self, intent: str = "train") -> Rows:
        """The rows as the pod reads them."""
        return read_rows(self.storage, self.train_cycle().model_copy(update={"dataset": self.datasets[intent]}))

    def task(self, work: TrainCycle | ScoreSubmission, weights: bytes | None = None, model_file: bytes | None = None) -> Task:
        """What a model process gets."""
        tokenizer = self._model.with_name(f"{self._model.stem}_tokenizer.json")
        rows = read_rows(self.storage, work)
        given = tokenizer.read_bytes() if tokenizer.exists() else None
        return Task(work, rows, "model.py", model_file or self._model.read_bytes(), weights, tokenizer=given)

    @property
    def _model(self) -> Path:
        return MODELS / f"{MODELS_OF[self.name]}.py"

    def _batch(self) -> dict[str, Any]:
        return {"batch_size": header_of("model.py", self._model.read_bytes())["batch_size"]}

    def _work(self, intent: str) -> dict[str, Any]:
        return {
            "experiment_key": "exp-1",
            "cycle": 1,
            "framework": "pytorch",
            "category": self.toy.category,
            "model_key": "models/m/model.py",
            "model_input": self._model_input(),
            "dataset": self.datasets[intent],
        }

    def _model_input(self) -> ModelInput:
        header = header_of("model.py", self._model.read_bytes())
        shape = header.get("image_size") or header.get("sequence_length") or header.get("num_feature_points")
        wanted = {name: header.get(name) for name in ("sequence_length", "forecast_horizon")}
        return ModelInput(model_type=header.get("model_type", ""), data_shape=shape, **wanted)


def ingest(folder: Path, name: str, train: int = 60, test: int = 30) -> Edge:
    """Put a toy task's data where the ingestor would put it."""
    storage = Storage(f"sqlite:///{folder / 'edge.sqlite'}", folder / "shared")
    counts = {"train": train, "test": test}
    return Edge(name, storage, {intent: _ingest(folder, name, storage, intent, count) for intent, count in counts.items()})


def _ingest(folder: Path, name: str, storage: Storage, intent: str, count: int) -> DatasetTable:
    source, destination = folder / "staged" / intent, storage.shared_folder / intent
    source.mkdir(parents=True)
    destination.mkdir(parents=True)
    config = toy_task(name).stage(source, count, 1 if intent == "train" else 2)
    for key in ("images", "texts", "sequences", "masks", "annotations"):
        for file in (source / config[key]).iterdir() if key in config else ():
            shutil.copy(file, destination)
    label = config["label"]["column"] if isinstance(config.get("label"), dict) else config.get("label")
    records = _records(source, config)
    features = sorted(column for column in config.get("schema", {}) if column != label)
    extension = next((FILES[key] for key in FILES if key in config), None)
    rows = [
        {
            "label": record.get(label),
            "data_intent": intent,
            "ingestor_id": f"run-{intent}",
            "filename": record.get("filename"),
            "extension": extension,
            "annotation": record.get("Annotation"),
            **{column: record[column] for column in features},
        }
        for record in records
    ]
    kinds = "".join(f", {column} {_kind(config['schema'][column])}" for column in features)
    columns = ", ".join(f"{column} TEXT" for column in rows[0] if column not in features)
    with create_engine(storage.database_url).begin() as connection:
        connection.execute(text(f"CREATE TABLE {intent} (id INTEGER PRIMARY KEY, {columns}{kinds})"))
        connection.execute(text(f"INSERT INTO {intent} ({', '.join(rows[0])}) VALUES ({', '.join(f':{key}' for key in rows[0])})"), rows)  # noqa: S608
    classes = sorted({str(row["label"]) for row in rows}) if isinstance(config.get("label"), str) else _classes_of_boxes(config)
    fed = [column for column in features if column not in NO_FEATURES]
    return DatasetTable.model_validate(
        {"table": intent, "ingestor_id": f"run-{intent}", "intent": intent, "features": fed, "classes": classes}
    )


def _records(source: Path, config: dict[str, Any]) -> list[dict[str, str]]:
    if "csv" not in config:
        return [{"filename": file.stem} for file in sorted((source / config["annotations"]).iterdir())]
    with (source / config["csv"]).open(newline="") as file:
        return list(csv.DictReader(file))


def _classes_of_boxes(config: dict[str, Any]) -> list[str]:
    return ["square", "triangle"] if "annotations" in config else []


def _kind(sql_type: str) -> str:
    return "TEXT" if "CHAR" in sql_type or sql_type == "TIMESTAMP" else "FLOAT"
