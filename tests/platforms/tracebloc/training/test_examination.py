"""What a model's process says counts for nothing: it is counted, measured and bounded outside of it."""

from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from environments.platforms.tracebloc.training.examination import MOST_FLOPS_A_SECOND, Examination
from environments.platforms.tracebloc.training.protocol import Answered, EpochAnswered, Fitted, ModelFailed
from tests.platforms.tracebloc.training.test_sandbox import reason, run
from tests.platforms.tracebloc.training.work import CNN, plan, score_submission, task, train_cycle

WEIGHTS = {"weights": safetensors.numpy.save({"layer": np.ones((3, 8), dtype=np.float32)})}
# writes to the channel as the process itself does, whose last word comes too late then
FORGE = """
import json, os, stat, struct
def forge(*events):
    for descriptor in range(3, 128):
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
        except OSError:
            continue
        for event in events:
            frame = event if isinstance(event, bytes) else json.dumps(event).encode()
            os.write(descriptor, struct.pack("!i", len(frame)) + frame)
    os._exit(0)
"""


def forged(*events: object) -> str:
    return f"{FORGE}forge(*{events!r})\n"


def answers(rows: int, classes: int = 3) -> dict[str, bytes]:
    return {"answers": safetensors.numpy.save({"outputs": np.eye(classes, dtype=np.float32)[np.arange(rows) % classes]})}


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([{"kind": "trained", "rows": 10**9, "metrics": {"accuracy": 1.0}, "flops": 0}], "something that is not an event"),
        ([{"kind": "epoch_done", "epoch": 1, "metrics": {"accuracy": 1.0}}], "something that is not an event"),
        ([{"kind": "scored", "rows": 10**9, "score": 1.0}], "something that is not an event"),
        ([{"kind": "fitted", "flops": 0}], "ended the training after 0 of 2 epochs"),
        ([{"kind": "fitted", "flops": -1}], "something that is not an event"),
        ([{"kind": "fitted", "flops": 0, "attachments": ["weights"] * 9}], "something that is not an event"),
        ([{"kind": "answered"}, b"x"], "'answered', which was not asked"),
        ([{"kind": "epoch_answered", "epoch": 7}, b"x"], "reported epoch 7 after 0 of 2"),
        ([{"kind": "epoch_answered", "epoch": 1}, b"x"], "answers cannot be measured: SafetensorError"),
        ([{"kind": "epoch_answered", "epoch": 1}, answers(5)["answers"]], "gave 5 answers to 8 questions"),
        ([{"kind": "epoch_answered", "epoch": 1}, answers(8, 2)["answers"]], "answers cannot be measured"),
        (
            [
                {"kind": "epoch_answered", "epoch": 1},
                answers(8)["answers"],
                {"kind": "epoch_answered", "epoch": 1},
                answers(8)["answers"],
            ],
            "reported epoch 1 after 1 of 2",
        ),
    ],
)
def test_what_a_model_writes_to_its_channel_is_refused(events: list[object], told: str, tmp_path: Path) -> None:
    assert told in reason(forged(*events), tmp_path, chosen=task(train_cycle(plan(epochs=2))))


def test_a_forged_training_shows_the_rows_of_the_dataset_a_cost_and_what_its_answers_are_worth(tmp_path: Path) -> None:
    done = [{"kind": "epoch_answered", "epoch": 1}, answers(8)["answers"], {"kind": "fitted", "flops": 0, "attachments": ["weights"]}]
    outcome = run(forged(*done, WEIGHTS["weights"]), tmp_path)
    assert outcome.event.rows == 72
    assert outcome.event.flops == 24 * 72
    assert outcome.event.processor_seconds > 0
    assert outcome.event.metrics["accuracy"] < 1


def test_a_model_has_no_answers_to_what_it_is_asked() -> None:
    trained, scored = Examination(task(train_cycle())).paper, Examination(task(score_submission())).paper
    assert len(trained.rows) == 72
    assert len(trained.asked) == 8
    assert not trained.asked.labels.any()
    assert not scored.asked.labels.any()
    assert not scored.rows.labels.any()


def test_the_cost_is_what_was_counted_within_what_is_possible() -> None:
    def flops(told: int, seconds: float = 1.0) -> int:
        examination = Examination(task(train_cycle()))
        examination.epoch(EpochAnswered(epoch=1), answers(8))
        return examination.outcome(Fitted(flops=told), WEIGHTS, seconds).event.flops

    assert flops(10**6) == 10**6
    assert flops(0) == 24 * 72
    assert flops(3 * MOST_FLOPS_A_SECOND, 3.0) == 3 * MOST_FLOPS_A_SECOND
    with pytest.raises(ModelFailed, match="more floating point operations than 3 s leave time for"):
        flops(10**30, 3.0)


def test_a_training_that_ends_early_or_without_weights_is_refused() -> None:
    examination = Examination(task(train_cycle(plan(epochs=2))))
    examination.epoch(EpochAnswered(epoch=1), answers(8))
    with pytest.raises(ModelFailed, match="after 1 of 2 epochs"):
        examination.outcome(Fitted(flops=1), WEIGHTS, 1.0)
    examination.epoch(EpochAnswered(epoch=2), answers(8))
    with pytest.raises(ModelFailed, match="weights that were handed over are not safetensors"):
        examination.outcome(Fitted(flops=1), {}, 1.0)


def test_a_score_is_measured_of_the_answers() -> None:
    examination = Examination(task(score_submission()))
    labels = task(score_submission()).rows.labels
    outcome = examination.outcome(Answered(), answers(len(labels)), 1.0)
    assert outcome.event.rows == 80
    assert outcome.event.score == np.mean(np.arange(len(labels)) % 3 == labels)


def test_an_honest_training_is_what_it_was(tmp_path: Path) -> None:
    assert run(CNN.decode(), tmp_path).event.flops == 3 * (384 + 3072 + 384) * 72
