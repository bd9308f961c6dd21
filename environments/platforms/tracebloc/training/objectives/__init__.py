"""The tasks a PyTorch model can be trained and scored in; imported only inside the model process."""

from collections.abc import Callable

from environments.platforms.tracebloc.training import tasks
from environments.platforms.tracebloc.training.objectives import feeds
from environments.platforms.tracebloc.training.objectives.classification import Classification
from environments.platforms.tracebloc.training.objectives.keypoints import KeypointDetection
from environments.platforms.tracebloc.training.objectives.object_detection import ObjectDetection
from environments.platforms.tracebloc.training.objectives.objective import Objective
from environments.platforms.tracebloc.training.objectives.regression import Regression
from environments.platforms.tracebloc.training.objectives.segmentation import Segmentation
from environments.platforms.tracebloc.training.objectives.survival import TimeToEvent
from environments.platforms.tracebloc.training.objectives.texts import MaskedLanguageModeling, TextClassification, TextTokenizer
from environments.platforms.tracebloc.training.protocol import ModelFailed, Task

# for scoring, which has no plan: the first loss that the SDK's policy allows for the category and that says most about it
USUAL_LOSSES = {
    tasks.TABULAR_REGRESSION: "mse",
    tasks.TIME_SERIES_FORECASTING: "mse",
    tasks.KEYPOINT_DETECTION: "mse",
    tasks.OBJECT_DETECTION: "mse",
    tasks.TIME_TO_EVENT_PREDICTION: "coxph",
}


def objective_of(task: Task, loss_name: str | None, seed: int) -> Objective:
    """How a task's model is trained with a loss (None: the usual one) and measured; raises ModelFailed."""
    category, wanted, classes = task.work.category, task.work.model_input, len(task.work.dataset.classes)
    loss = loss_name if loss_name is not None else USUAL_LOSSES.get(category, "crossentropy")

    def tokenizer() -> TextTokenizer:
        return TextTokenizer(task.tokenizer, wanted.data_shape)

    objectives: dict[str, Callable[[], Objective]] = {
        tasks.TABULAR_CLASSIFICATION: lambda: Classification(feeds.numbers, classes, loss),
        tasks.TIME_SERIES_CLASSIFICATION: lambda: Classification(feeds.numbers, classes, loss),
        tasks.IMAGE_CLASSIFICATION: lambda: Classification(feeds.pictures, classes, loss),
        tasks.TABULAR_REGRESSION: lambda: Regression(feeds.numbers, loss),
        tasks.TIME_SERIES_FORECASTING: lambda: Regression(feeds.numbers, loss),
        tasks.SEMANTIC_SEGMENTATION: lambda: Segmentation(classes, loss),
        tasks.KEYPOINT_DETECTION: lambda: KeypointDetection(wanted.model_type, loss),
        tasks.OBJECT_DETECTION: lambda: ObjectDetection(wanted.model_type),
        tasks.TIME_TO_EVENT_PREDICTION: lambda: TimeToEvent(loss),
        tasks.TEXT_CLASSIFICATION: lambda: TextClassification(tokenizer(), classes, loss),
        tasks.MASKED_LANGUAGE_MODELING: lambda: MaskedLanguageModeling(tokenizer(), loss, seed),
    }
    if category not in objectives:
        raise ModelFailed(f"category {category} cannot be trained here; known: {', '.join(objectives)}")
    return objectives[category]()
