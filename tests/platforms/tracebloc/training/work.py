"""Work for training pods, made of the toy material."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import support.platforms.tracebloc.sample_data
from environments.platforms.tracebloc.messaging.messages import DatasetTable, ScoreSubmission, TrainCycle, TrainingPlan
from environments.platforms.tracebloc.training import frameworks
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.examination import Examination
from environments.platforms.tracebloc.training.protocol import Answered, Attachments, EpochAnswered, EpochDone, Fitted, Outcome, Task
from support.platforms.tracebloc.sample_data import datasets

MODELS = Path(support.platforms.tracebloc.sample_data.__file__).parent / "models"
CNN = (MODELS / "two_layer_cnn.py").read_bytes()
WEAK_LINEAR = (MODELS / "weak_linear.py").read_bytes()
LOGISTIC_REGRESSION = (MODELS / "logistic_regression.py").read_bytes()


def table(intent: str = "train", **changes: Any) -> DatasetTable:
    values = {"table": "toys", "ingestor_id": f"run-{intent}", "intent": intent}
    return DatasetTable.model_validate({**values, "features": datasets.feature_names(), "classes": datasets.class_names(), **changes})


def plan(**changes: Any) -> TrainingPlan:
    values = {"epochs": 1, "batch_size": 8, "optimizer": "adam", "learning_rate": 0.02, "loss_function": "crossentropy"}
    return TrainingPlan.model_validate({**values, "validation_split": 0.1, **changes})


def train_cycle(
    chosen_plan: TrainingPlan | None = None, framework: str = "pytorch", category: str = "tabular_classification", **changes: Any
) -> TrainCycle:
    values: dict[str, Any] = {"experiment_key": "exp-1", "cycle": 1, "model_key": "models/m/model.py", "participants": ["edge-1"]}
    values |= {"dataset": table(), "plan": chosen_plan or plan(), "framework": framework, "category": category}
    return TrainCycle.model_validate({**values, **changes})


def score_submission(framework: str = "pytorch", metric: str = "accuracy", category: str = "tabular_classification") -> ScoreSubmission:
    return ScoreSubmission(
        experiment_key="exp-1",
        cycle=1,
        framework=framework,
        category=category,
        model_key="models/m/model.py",
        weights_key="averaged",
        dataset=table("test"),
        submission_id="s-1",
        metric=metric,
    )


def toy_rows(count: int, seed: int) -> Rows:
    """The toy table as the pod reads it."""
    names = datasets.class_names()
    rows = datasets.toy_table(count, seed)
    features = np.asarray([[row[name] for name in datasets.feature_names()] for row in rows], dtype=np.float32)
    return Rows(features, np.asarray([names.index(str(row[datasets.LABEL_COLUMN])) for row in rows], dtype=np.int64))


def perform(whole: Task, folder: Path, tell: Callable[[EpochDone], None] = lambda _epoch: None) -> Outcome:
    """What a pod finds out about a model, without a process of its own for the model."""
    examination = Examination(whole)
    outcomes: list[Outcome] = []

    def take(event: EpochAnswered | Fitted | Answered, attachments: Attachments) -> None:
        if isinstance(event, EpochAnswered):
            tell(examination.epoch(event, attachments))
        else:
            outcomes.append(examination.outcome(event, attachments, 1.0))

    frameworks.perform(examination.paper, folder, take)
    (outcome,) = outcomes
    return outcome


def task(work: TrainCycle | ScoreSubmission, model_file: bytes = CNN, rows: Rows | None = None, **changes: Any) -> Task:
    return Task(work, toy_rows(80, seed=1) if rows is None else rows, "model.py", model_file, **changes)
