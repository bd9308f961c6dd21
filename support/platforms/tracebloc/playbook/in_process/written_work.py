"""Work for a training client that nobody ordered: as little as its own code needs, in this process. Source: our choice."""

from collections.abc import Mapping, Sequence
from typing import Any

from environments.platforms.tracebloc.messaging.messages import DatasetTable, ScoreSubmission, TrainCycle, TrainingPlan

CLASSES = ("circle", "square", "triangle")


def training_work(
    experiment: str = "an-experiment",
    category: str = "tabular_classification",
    classes: Sequence[str] = CLASSES,
    cycle: int = 1,
    attempt: int = 1,
    loss: str = "crossentropy",
    seed: int | None = None,
    chosen_rows: Mapping[str, int] | None = None,
) -> TrainCycle:
    """To train one cycle."""
    plan = TrainingPlan(epochs=1, batch_size=1, optimizer="adam", learning_rate=0.1, loss_function=loss, validation_split=0.2, seed=seed)
    about = _about(experiment, category, classes, cycle) | {"plan": plan, "participants": ["one", "another"]}
    return TrainCycle.model_validate(about | {"attempt": attempt, "chosen_rows": dict(chosen_rows or {})})


def scoring_work(
    experiment: str = "an-experiment",
    category: str = "tabular_classification",
    classes: Sequence[str] = CLASSES,
    cycle: int = 1,
    submission: str = "a-submission",
    metric: str = "accuracy",
) -> ScoreSubmission:
    """To score one submission."""
    about = _about(experiment, category, classes, cycle)
    return ScoreSubmission.model_validate(about | {"submission_id": submission, "metric": metric})


def _about(experiment: str, category: str, classes: Sequence[str], cycle: int) -> dict[str, Any]:
    return {
        "experiment_key": experiment,
        "cycle": cycle,
        "framework": "pytorch",
        "category": category,
        "model_key": f"models/{experiment}/model.py",
        "dataset": DatasetTable(table="none", ingestor_id="none", intent="train", features=["x"], classes=list(classes)),
    }
