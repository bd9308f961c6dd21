"""Secure environments that a scenario plays itself, so that it says what was measured: a stub participant.

Everything between it and the people is the platform's own: login, queues, object store, averaging, scoring. Source: our choice.
"""

import json
from collections.abc import Sequence

from hamcrest import empty, has_item, is_not

from environments.platforms.tracebloc.messaging.messages import (
    AVERAGING_QUEUE,
    FLOPS_QUEUE,
    RESULTS_QUEUE,
    EpochFinished,
    FlopsSpent,
    ScoreSubmission,
    SubmissionScored,
    TrainCycle,
    WeightsReady,
    participant_weights_key,
)
from support.platforms.tracebloc.clients.clock import PlatformClock
from support.platforms.tracebloc.clients.edge import EdgeClient
from support.platforms.tracebloc.playbook.secure_environments import registration
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.sample_data.datasets import LABEL_COLUMN, class_names, feature_names
from support.platforms.tracebloc.scene import IngestedDataset, Person, RegisteredEnvironment, Scene, Training
from support.waiting import eventually

HEARTBEAT_SECONDS = 30.0
LAST_HEARTBEAT_SECONDS = 0.05
FLOPS_PER_PETAFLOP = 10**15


def connect(scene: Scene, environment: RegisteredEnvironment, clock: PlatformClock | None = None) -> EdgeClient:
    """Log in as a registered environment, whose clock is the machine's unless another one is given."""
    with scene.story.part(f"a stub participant logs in as {environment.client_id}"):
        environment.stub = EdgeClient(scene.addresses.backend_url, environment.client_id, environment.client_password, clock)
        scene.at_the_end(environment.stub.close)
    return environment.stub


def bring_online(scene: Scene, owner: Person, rows: dict[str, int]) -> RegisteredEnvironment:
    """An environment that is Online, takes work and reports one dataset per intent (`{"train": 100, "test": 60}`)."""
    environment = registration.register(scene, owner)
    stub = connect(scene, environment)
    stub.connect_queues()
    stub.heartbeat(HEARTBEAT_SECONDS)
    tell_of_rows(scene, environment, rows)
    return environment


def tell_of_rows(scene: Scene, environment: RegisteredEnvironment, rows: dict[str, int]) -> None:
    """It reports one dataset per intent (`{"train": 100}`), with as many rows of each class as can be."""
    tell_of(scene, environment, {intent: _evenly(count) for intent, count in rows.items()})


def tell_of(
    scene: Scene,
    environment: RegisteredEnvironment,
    rows: dict[str, dict[str, int]],
    columns: Sequence[str] | None = None,
    table: str | None = None,
    **more: object,
) -> None:
    """It reports one dataset per intent with so many rows of each class (`{"train": {"circle": 20}}`), as an ingestor does.

    Each has a table of its own unless one is named; `more` is what its summary says otherwise.
    """
    for intent, classes in rows.items():
        in_table, count = table or scene.names.table(intent), sum(classes.values())
        with scene.story.part(f"it reports {count} rows to {intent}"):
            summary = summary_of(in_table, intent, classes, columns or feature_names()) | more
            key = environment.stub_participant.register_dataset(in_table, summary)
        scene.datasets.append(IngestedDataset(key, in_table, intent, count, environment))


def ingestion_of(dataset: IngestedDataset) -> str:
    """The id of the ingestion that a dataset was reported by."""
    return f"ingest-{dataset.table}"


def train(scene: Scene, training: Training, cycle: int, accuracies: Sequence[float], petaflops: float = 0.0) -> None:
    """Every stub participant trains a cycle: an epoch's metric, the cost, the weights; returns once the cycle is completed."""
    for environment, accuracy in zip(scene.environments, accuracies, strict=True):
        hand_in_cycle(scene, environment, training, cycle, accuracy, petaflops)
    experiments.wait_until_cycle_completed(training, cycle)


def hand_in_cycle(
    scene: Scene,
    environment: RegisteredEnvironment,
    training: Training,
    cycle: int,
    accuracy: float,
    petaflops: float = 0.0,
    exit_code: int = 0,
) -> None:
    """One stub participant trains a cycle, in its latest attempt: an epoch's metric, the cost, the weights, and the end of the job."""
    with scene.story.part(f"{environment.client_id} trains cycle {cycle}") as part:
        work = ordered_cycle(environment.stub_participant, training, cycle)
        environment.stub_participant.report_pod(work, "Running")
        if petaflops:
            spend(scene, training, work, environment.stub_participant, petaflops)
        _hand_in(scene, environment, work, accuracy)
        environment.stub_participant.report_pod(work, "Failed" if exit_code else "Succeeded", exit_code)
        part.detail = f"accuracy {accuracy}"


def ordered_cycle(stub: EdgeClient, training: Training, cycle: int) -> TrainCycle:
    """The latest order to train a cycle, once one has come."""

    def found() -> list[TrainCycle]:
        orders = [work for work in stub.work if isinstance(work, TrainCycle)]
        return [work for work in orders if (work.experiment_key, work.cycle) == (training.experiment_key, cycle)]

    return eventually(f"the order to train cycle {cycle} of {training.experiment_key}", found, is_not(empty()))[-1]


def tell_epoch(stub: EdgeClient, work: TrainCycle, accuracy: float) -> None:
    """A pod tells what its first epoch measured."""
    epoch = EpochFinished(
        experiment_key=work.experiment_key, cycle=work.cycle, epoch=1, client_id=stub.client_id, metrics={"accuracy": accuracy}
    )
    stub.tell(RESULTS_QUEUE, epoch, f"{stub.pod_of(work)}:epoch-1")


def spend(scene: Scene, training: Training, work: TrainCycle, stub: EdgeClient, petaflops: float) -> None:
    """A pod tells what it spent; returns once the platform has counted it."""
    before = float(experiments.experiment(training)["petaflops"])
    pod = f"{stub.pod_of(work)}-{scene.names.unique('pod')}"
    flops = round(petaflops * FLOPS_PER_PETAFLOP)
    message = FlopsSpent(
        experiment_key=work.experiment_key, cycle=work.cycle, client_id=stub.client_id, pod=pod, flops=flops, grams_co2e=1.0
    )
    stub.tell(FLOPS_QUEUE, message, f"{pod}:flops")

    def more(counted: float) -> bool:
        return counted > before

    more.__doc__ = f"more than {before} PetaFLOPs"
    eventually("the cost to be counted", lambda: float(experiments.experiment(training)["petaflops"]), more)


def score(scene: Scene, submission_id: str, scores: Sequence[float]) -> None:
    """Every stub participant scores a submission on its test rows."""
    for environment, value in zip(scene.environments, scores, strict=True):
        stub = environment.stub_participant
        work = ordered_scoring(stub, submission_id)
        stub.report_pod(work, "Running")
        say_score(scene, environment, submission_id, value)
        stub.report_pod(work, "Succeeded", exit_code=0)


def say_score(scene: Scene, environment: RegisteredEnvironment, submission_id: str, value: float) -> None:
    """One stub participant tells what a submission scored on its test rows."""
    stub = environment.stub_participant
    with scene.story.part(f"{environment.client_id} scores a submission with {value}"):
        work = ordered_scoring(stub, submission_id)
        message = SubmissionScored(
            experiment_key=work.experiment_key,
            cycle=work.cycle,
            submission_id=submission_id,
            client_id=stub.client_id,
            rows=_rows(scene, environment, "test"),
            score=value,
        )
        stub.tell(RESULTS_QUEUE, message, scene.names.unique(f"{stub.pod_of(work)}-score"))


def wait_until_heard(scene: Scene, training: Training) -> None:
    """Wait until the platform has worked off what stub participants have told it so far: an epoch that the first one tells last is seen."""
    environment = scene.environments[0]
    stub, key, epoch = environment.stub_participant, training.experiment_key, len(_epochs_of(environment, training)) + 2
    told = EpochFinished(experiment_key=key, cycle=1, epoch=epoch, client_id=stub.client_id, metrics={})
    stub.tell(RESULTS_QUEUE, told, scene.names.unique(f"{key}-heard"))
    eventually("the platform to hear the environment out", lambda: _epochs_of(environment, training), has_item(epoch))


def _epochs_of(environment: RegisteredEnvironment, training: Training) -> list[int]:
    return [each["epoch"] for each in experiments.cycle_result(training, 1)["epochs"] if each["client_id"] == environment.client_id]


def fail_to_score(scene: Scene, submission_id: str) -> None:
    """The pod of the stub participant registered last that scores a submission ends with an error."""
    stub = scene.environments[-1].stub_participant
    with scene.story.part(f"{stub.client_id} fails to score a submission"):
        stub.report_pod(ordered_scoring(stub, submission_id), "Failed", exit_code=1)


def ordered_scoring(stub: EdgeClient, submission_id: str) -> ScoreSubmission:
    """The order to score a submission, once it has come."""

    def found() -> list[ScoreSubmission]:
        return [work for work in stub.work if isinstance(work, ScoreSubmission) and work.submission_id == submission_id]

    return eventually(f"the order to score the submission {submission_id}", found, is_not(empty()))[0]


def _hand_in(scene: Scene, environment: RegisteredEnvironment, work: TrainCycle, accuracy: float) -> None:
    """Tell the metric, store the weights and say that they are there, as pod and requests-proxy do together."""
    import numpy
    from safetensors.numpy import save

    stub, metrics, pod = environment.stub_participant, {"accuracy": accuracy}, environment.stub_participant.pod_of(work)
    key, cycle = work.experiment_key, work.cycle
    tell_epoch(stub, work, accuracy)
    rows = _rows(scene, environment, "train")
    stored = participant_weights_key(key, cycle, stub.client_id)
    weights = save({"head.weight": numpy.full((3, 1), accuracy, dtype=numpy.float32)})
    scene.object_store.write(stored, weights, {"rows": str(rows), "metrics": json.dumps(metrics)})
    ready = WeightsReady(
        experiment_key=key,
        cycle=cycle,
        client_id=stub.client_id,
        rows=rows,
        weights_key=stored,
        metrics=metrics,
        participants=work.participants,
    )
    stub.tell(AVERAGING_QUEUE, ready, f"{pod}:weights")


def _rows(scene: Scene, environment: RegisteredEnvironment, intent: str) -> int:
    (rows,) = (dataset.rows for dataset in scene.datasets if (dataset.environment, dataset.intent) == (environment, intent))
    return rows


def _evenly(rows: int) -> dict[str, int]:
    classes = class_names()
    return {name: rows // len(classes) + (number < rows % len(classes)) for number, name in enumerate(classes)}


def summary_of(table: str, intent: str, labels: dict[str, int], columns: Sequence[str]) -> dict[str, object]:
    """What an ingestor tells of a table with so many rows of each class."""
    return {
        "ingestor_id": f"ingest-{table}",
        "labels": labels,
        "dataset_title": table,
        "data_format": "tabular",
        "data_intent": intent,
        "category": "tabular_classification",
        "schema": {**{name: {"dtype": "float"} for name in columns}, LABEL_COLUMN: {"dtype": "string", "role": "target"}},
        "samples": [{"data_id": "1"}],
        "meta_data": {},
        "record_count": sum(labels.values()),
    }
