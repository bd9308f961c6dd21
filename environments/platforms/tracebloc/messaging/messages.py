"""What the services of the reference platform say to each other over the Service Bus.

Source: our choice (the payloads of tracebloc's queues are not public; the queue names `experiments` and `flops` are the chart's).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, FiniteFloat, PositiveInt, TypeAdapter

RESULTS_QUEUE = "results"
FLOPS_QUEUE = "flops"
AVERAGING_QUEUE = "averaging"


# what one pod can spend at most: a ninth of the largest budget
Flops = Annotated[int, Field(ge=0, le=10**18)]
Count = Annotated[int, Field(ge=0, le=10**6)]
MOST_ROWS = 2**53
Rows = Annotated[int, Field(ge=0, le=MOST_ROWS)]
# few and short enough to stand in an object's metadata (Source: the S3 API, 2 KB)
MetricName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@ -]{1,40}$")]
Metrics = Annotated[dict[MetricName, FiniteFloat], Field(max_length=16)]
GramsOfCo2e = Annotated[float, Field(ge=0, le=10**9, allow_inf_nan=False)]


def experiments_queue(client_id: str) -> str:
    """Name of the queue on which one secure environment receives its work."""
    return f"experiments-{client_id}"


def reports_queue(queue: str, client_id: str) -> str:
    """Name of the queue on which one secure environment, and nobody else, sends what comes to a queue of all. Source: our choice."""
    return f"{queue}-{client_id}"


def participant_weights_key(experiment_key: str, cycle: int, client_id: str) -> str:
    """Object key of the weights one secure environment trained in one cycle."""
    return f"experiments/{experiment_key}/cycles/{cycle}/participants/{client_id}/weights.safetensors"


def averaged_weights_key(experiment_key: str, cycle: int) -> str:
    """Object key of a cycle's averaged weights."""
    return f"experiments/{experiment_key}/cycles/{cycle}/averaged.safetensors"


class DatasetTable(BaseModel):
    """Where the rows of one ingested dataset stand inside one secure environment."""

    table: str
    ingestor_id: str
    intent: Literal["train", "test"]
    features: list[str]
    classes: list[str]


class ModelInput(BaseModel):
    """What a model file says it has to be fed with, as the SDK's `start()` sends it. Source: tracebloc SDK 1.2.63."""

    model_type: str = ""
    data_shape: PositiveInt | None = Field(default=None, description="side of a picture in pixels, tokens of a text, or number of columns")
    data_type: Literal["rgb", "grayscale"] = "rgb"
    sequence_length: PositiveInt | None = Field(default=None, description="time steps a model looks at")
    forecast_horizon: PositiveInt | None = Field(default=None, description="time steps a model foretells")


class TrainingPlan(BaseModel):
    """How to train, as the SDK's `start()` sent it."""

    epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float
    loss_function: str
    validation_split: float
    seed: int | None = None


class Work(BaseModel):
    """What every piece of work for a secure environment names."""

    experiment_key: str
    cycle: Count
    framework: str
    category: str
    model_key: str = Field(description="object key of the uploaded model file")
    weights_key: str | None = Field(default=None, description="object key of the weights to begin with; none: the model's own")
    tokenizer_key: str | None = Field(default=None, description="object key of the tokenizer that was uploaded with a model of texts")
    model_input: ModelInput = ModelInput()
    dataset: DatasetTable


class TrainCycle(Work):
    """backend -> jobs-manager: train one cycle of an experiment."""

    kind: Literal["train_cycle"] = "train_cycle"
    attempt: int = 1
    plan: TrainingPlan
    participants: list[str] = Field(description="client ids of every secure environment that takes part in the cycle")
    chosen_rows: dict[str, int] = Field(default={}, description="rows to draw by class ('': of whichever class); empty: all rows")


class ScoreSubmission(Work):
    """backend -> jobs-manager: score a submitted cycle on the test dataset."""

    kind: Literal["score_submission"] = "score_submission"
    submission_id: str
    metric: str


class StopTraining(BaseModel):
    """backend -> jobs-manager: nothing trains for this experiment any more; its training pods end."""

    kind: Literal["stop_training"] = "stop_training"
    experiment_key: str


class EpochFinished(BaseModel):
    """requests-proxy -> backend: one epoch's metrics, measured on the validation split."""

    kind: Literal["epoch_finished"] = "epoch_finished"
    experiment_key: str
    cycle: Count
    epoch: Count
    client_id: str
    metrics: dict[str, float]


class FlopsSpent(BaseModel):
    """What a pod spent, counted once per pod: requests-proxy -> backend, and with the weights it was spent on -> `CycleAveraged`."""

    kind: Literal["flops_spent"] = "flops_spent"
    experiment_key: str
    cycle: Count
    client_id: str
    pod: str
    flops: Flops
    grams_co2e: GramsOfCo2e


class CycleAveraged(BaseModel):
    """averaging-service -> backend: the cycle's weights are averaged and stored."""

    kind: Literal["cycle_averaged"] = "cycle_averaged"
    experiment_key: str
    cycle: Count
    weights_key: str
    rows: dict[str, int] = Field(description="rows each participant trained on, by client id")
    metrics: dict[str, float] = Field(description="row-weighted mean of the participants' metrics")
    spent: list[FlopsSpent] = Field(default=[], description="what the weights cost; with them, so that nothing begins before it counts")


class WeightsRefused(BaseModel):
    """averaging-service -> backend: a participant's weights cannot be averaged."""

    kind: Literal["weights_refused"] = "weights_refused"
    experiment_key: str
    cycle: Count
    client_id: str
    reason: str


class SubmissionScored(BaseModel):
    """requests-proxy -> backend: what a submission scored on one secure environment's test rows."""

    kind: Literal["submission_scored"] = "submission_scored"
    experiment_key: str
    cycle: Count
    submission_id: str
    client_id: str
    rows: Rows
    score: float


class WeightsReady(BaseModel):
    """requests-proxy -> averaging-service: one participant's weights are in the object store."""

    kind: Literal["weights_ready"] = "weights_ready"
    experiment_key: str
    cycle: Count
    client_id: str
    rows: Rows
    weights_key: str
    metrics: dict[str, float]
    participants: list[str]


class CloseRound(BaseModel):
    """backend -> averaging-service: the cycle's time is up, so average the weights that are there, if there are enough."""

    kind: Literal["close_round"] = "close_round"
    experiment_key: str
    cycle: Count
    participants: list[str]
    quorum: int = Field(ge=1, description="fewest participants whose mean counts")


class RoundFailed(BaseModel):
    """averaging-service -> backend: too few weights were there when the cycle's time was up."""

    kind: Literal["round_failed"] = "round_failed"
    experiment_key: str
    cycle: Count
    missing: list[str] = Field(description="client ids of the participants whose weights never came")
    quorum: int


PodWork = Annotated[TrainCycle | ScoreSubmission, Field(discriminator="kind")]
ExperimentsMessage = Annotated[TrainCycle | ScoreSubmission | StopTraining, Field(discriminator="kind")]
AveragingMessage = Annotated[WeightsReady | CloseRound, Field(discriminator="kind")]
ResultsMessage = Annotated[EpochFinished | CycleAveraged | WeightsRefused | RoundFailed | SubmissionScored, Field(discriminator="kind")]
BackendsMessage = Annotated[TrainCycle | ScoreSubmission | StopTraining | CloseRound, Field(discriminator="kind")]

pod_work: TypeAdapter[TrainCycle | ScoreSubmission] = TypeAdapter(PodWork)
experiments_message: TypeAdapter[TrainCycle | ScoreSubmission | StopTraining] = TypeAdapter(ExperimentsMessage)
averaging_message: TypeAdapter[WeightsReady | CloseRound] = TypeAdapter(AveragingMessage)
results_message: TypeAdapter[EpochFinished | CycleAveraged | WeightsRefused | RoundFailed | SubmissionScored] = TypeAdapter(ResultsMessage)
backends_message: TypeAdapter[TrainCycle | ScoreSubmission | StopTraining | CloseRound] = TypeAdapter(BackendsMessage)
