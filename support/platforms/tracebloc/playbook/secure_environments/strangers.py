"""What a secure environment could say of an experiment that is not trained on its rows, by the words of a feature. Source: our choice."""

from collections.abc import Callable
from typing import Any

from environments.platforms.tracebloc.messaging.messages import (
    AVERAGING_QUEUE,
    FLOPS_QUEUE,
    RESULTS_QUEUE,
    EpochFinished,
    FlopsSpent,
    SubmissionScored,
    WeightsReady,
    participant_weights_key,
)
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.scene import RegisteredEnvironment, Scene, Training

CYCLE = 2
"""The one that is under way."""


def reports(scene: Scene, stranger: RegisteredEnvironment, training: Training) -> dict[str, Callable[[], object]]:
    """Each way to have a say in the experiment, whose own environment is the scenario's first."""
    stub, key = stranger.stub_participant, training.experiment_key
    owns = scene.environments[0].stub_participant
    about: dict[str, Any] = {"experiment_key": key, "cycle": CYCLE, "client_id": stub.client_id}
    stored = participant_weights_key(key, CYCLE, stub.client_id)
    epoch = EpochFinished(**about, epoch=1, metrics={"accuracy": 1.0})
    spent = FlopsSpent(**about, pod="none", flops=10**15, grams_co2e=1000.0)
    ready = WeightsReady(**about, rows=1000, weights_key=stored, metrics={"accuracy": 1.0}, participants=[owns.client_id])
    scored = SubmissionScored(**about, submission_id=scene.submissions[-1], rows=1000, score=1.0)
    name = f"{stub.client_id}-{key}"
    return {
        "an epoch": lambda: stub.tell(RESULTS_QUEUE, epoch, f"{name}:epoch"),
        "a cost": lambda: stub.tell(FLOPS_QUEUE, spent, f"{name}:flops"),
        "weights": lambda: stub.tell(AVERAGING_QUEUE, ready, f"{name}:weights"),
        "a score": lambda: stub.tell(RESULTS_QUEUE, scored, f"{name}:score"),
        "the end of a job": lambda: stub.report_pod(stub_participants.ordered_cycle(owns, training, CYCLE), "Failed", exit_code=1),
    }
