"""The PyTorch loop: what is honoured, what is refused, and in which words."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import safetensors.numpy
import torch

from environments.platforms.tracebloc.training import pytorch
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.objectives import classification
from environments.platforms.tracebloc.training.protocol import EpochDone, ModelFailed, Outcome, Scored, Task, Trained
from tests.platforms.tracebloc.training import work as work_of_a_pod
from tests.platforms.tracebloc.training.work import CNN, WEAK_LINEAR, plan, score_submission, task, toy_rows, train_cycle

NORMALISED = b"""
from torch import nn
framework = "pytorch"
main_method = "build"
def build():
    return nn.Sequential(nn.BatchNorm1d(8), nn.Linear(8, 3))
"""
LINEAR = "from torch import nn\nframework = 'pytorch'\ndef MyModel():\n    return nn.Linear({inputs}, {outputs})\n"
ONES = safetensors.numpy.save({"weight": np.ones((3, 8), dtype=np.float32), "bias": np.ones(3, dtype=np.float32)})


def linear(inputs: int = 8, outputs: int = 3) -> bytes:
    return LINEAR.format(inputs=inputs, outputs=outputs).encode()


def perform(chosen: Task, folder: Path) -> tuple[Outcome, list[EpochDone]]:
    epochs: list[EpochDone] = []
    return work_of_a_pod.perform(chosen, folder, epochs.append), epochs


def trained(chosen: Task, folder: Path) -> tuple[Trained, dict[str, npt.NDArray[Any]]]:
    outcome, _ = perform(chosen, folder)
    assert isinstance(outcome.event, Trained)
    return outcome.event, safetensors.numpy.load(outcome.attachments["weights"])


def refusal(chosen: Task, folder: Path) -> str:
    with pytest.raises(ModelFailed) as failure:
        perform(chosen, folder)
    return str(failure.value)


def scored(chosen: Task, folder: Path) -> float:
    outcome, _ = perform(chosen, folder)
    assert isinstance(outcome.event, Scored)
    return outcome.event.score


@pytest.mark.parametrize("learning_rate", [0.01, 0.02])
def test_the_toy_network_learns_in_one_epoch_whatever_the_seed(learning_rate: float, tmp_path: Path) -> None:
    for seed in range(10):
        work = train_cycle(plan(learning_rate=learning_rate), experiment_key=f"exp-{seed}")
        outcome, _ = perform(task(work, rows=toy_rows(80, seed)), tmp_path)
        weights = outcome.attachments["weights"]
        assert scored(task(score_submission(), rows=toy_rows(150, 1000 + seed), weights=weights), tmp_path) > 0.7


def test_the_weak_model_scores_what_guessing_scores(tmp_path: Path) -> None:
    outcome, _ = perform(task(train_cycle(), WEAK_LINEAR), tmp_path)
    weights = outcome.attachments["weights"]
    assert scored(task(score_submission(), WEAK_LINEAR, toy_rows(150, 5), weights=weights), tmp_path) < 0.45


def test_the_same_task_gives_the_same_weights(tmp_path: Path) -> None:
    first, _ = perform(task(train_cycle()), tmp_path)
    second, _ = perform(task(train_cycle()), tmp_path)
    assert first.attachments == second.attachments


def test_participants_of_an_experiment_begin_alike_and_experiments_differ(tmp_path: Path) -> None:
    frozen = plan(learning_rate=0.0, optimizer="sgd")

    def initial(seed: int, experiment: str, chosen: int | None = None) -> npt.NDArray[Any]:
        work = train_cycle(frozen.model_copy(update={"seed": chosen}), experiment_key=experiment)
        initial_weights: npt.NDArray[Any] = trained(task(work, rows=toy_rows(40 + seed, seed)), tmp_path)[1]["head.weight"]
        return initial_weights

    assert np.array_equal(initial(1, "exp-1"), initial(2, "exp-1"))
    assert not np.array_equal(initial(1, "exp-1"), initial(1, "exp-2"))
    assert np.array_equal(initial(1, "exp-1", chosen=7), initial(1, "exp-2", chosen=7))


def test_training_begins_with_the_given_weights(tmp_path: Path) -> None:
    _, before = trained(task(train_cycle()), tmp_path)
    given = {name: array + 1 for name, array in before.items()}
    work = train_cycle(plan(learning_rate=0.0, optimizer="sgd"), cycle=2)
    _, after = trained(task(work, weights=safetensors.numpy.save(given)), tmp_path)
    assert all(np.array_equal(after[name], given[name]) for name in given)


def test_one_step_of_gradient_descent_is_the_hand_computed_one(tmp_path: Path) -> None:
    """y = w x + b from w = 0.5, b = 0 on (1, 2), (3, 4): dw = mean(2 e x) = -9, db = mean(2 e) = -4."""
    rows = Rows(np.array([[1.0], [3.0]], dtype=np.float32), np.array([2.0, 4.0], dtype=np.float32))
    given = safetensors.numpy.save({"weight": np.array([[0.5]], dtype=np.float32), "bias": np.array([0.0], dtype=np.float32)})
    chosen = plan(optimizer="sgd", learning_rate=0.01, loss_function="mse", validation_split=0.0, batch_size=2)
    event, weights = trained(task(train_cycle(chosen, category="tabular_regression"), linear(1, 1), rows, weights=given), tmp_path)
    assert weights["weight"] == pytest.approx(0.5 + 0.09)
    assert weights["bias"] == pytest.approx(0.04)
    # errors 0.63 - 2 and 1.81 - 4
    assert event.metrics == pytest.approx({"loss": (1.37**2 + 2.19**2) / 2, "rmse": 1.82661, "mae": 1.78}, rel=1e-4)
    assert (event.rows, event.flops) == (2, 3 * 2 * 2)


def test_metrics_are_measured_on_the_validation_rows(tmp_path: Path) -> None:
    outcome, epochs = perform(task(train_cycle(plan(epochs=3, validation_split=0.5))), tmp_path)
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3]
    assert isinstance(outcome.event, Trained)
    assert outcome.event.rows == 40
    assert (epochs[-1].metrics["accuracy"] * 40) % 1 == pytest.approx(0)
    assert outcome.event.metrics == epochs[-1].metrics


def test_counters_of_batch_normalisation_stay_integers_and_a_last_batch_of_one_is_no_problem(tmp_path: Path) -> None:
    chosen = plan(validation_split=0.0, batch_size=8)
    _, weights = trained(task(train_cycle(chosen), NORMALISED, toy_rows(81, 1)), tmp_path)
    assert weights["0.num_batches_tracked"].dtype == np.int64
    assert weights["0.num_batches_tracked"] == 10
    assert weights["0.running_mean"].dtype == np.float32


@pytest.mark.parametrize("loss", classification.LOSSES)
def test_every_classification_loss_learns(loss: str, tmp_path: Path) -> None:
    event, _ = trained(task(train_cycle(plan(loss_function=loss, epochs=3))), tmp_path)
    assert event.metrics["accuracy"] > 0.6


@pytest.mark.parametrize("optimizer", pytorch.OPTIMIZERS)
def test_every_optimizer_of_the_sdk_changes_the_weights(optimizer: str, tmp_path: Path) -> None:
    _, first = trained(task(train_cycle(plan(optimizer=optimizer)), linear()), tmp_path)
    _, second = trained(task(train_cycle(plan(optimizer=optimizer, epochs=2)), linear()), tmp_path)
    assert not np.array_equal(first["weight"], second["weight"])


@pytest.mark.parametrize("loss", ["crossentropy", "mse"])
def test_one_column_is_enough_for_two_classes(loss: str, tmp_path: Path) -> None:
    rows = toy_rows(120, 1)
    two = Rows(rows.features[rows.labels < 2], rows.labels[rows.labels < 2])
    work = train_cycle(plan(loss_function=loss, epochs=5))
    work.dataset.classes = work.dataset.classes[:2]
    event, _ = trained(task(work, linear(8, 1), two), tmp_path)
    assert event.metrics["accuracy"] > 0.7


@pytest.mark.parametrize(("metric", "expected"), [("accuracy", 1 / 2), ("f1", 7 / 18), ("loss", 0.8593395)])
def test_scores_of_classification_are_the_hand_computed_ones(metric: str, expected: float, tmp_path: Path) -> None:
    """Outputs are the inputs: predictions 0 0 1 0 for labels 0 1 1 2; F1 of the classes 1/2, 2/3, 0.

    Loss: ln(1 + 2/e^2) = 0.239545 and ln(1 + 2/e^3) = 0.094923 where right, twice ln(e + 2) = 1.551445 where wrong.
    """
    rows = Rows(np.array([[2, 0, 0], [1, 0, 0], [0, 3, 0], [1, 0, 0]], dtype=np.float32), np.array([0, 1, 1, 2], dtype=np.int64))
    identity = safetensors.numpy.save({"weight": np.eye(3, dtype=np.float32), "bias": np.zeros(3, dtype=np.float32)})
    assert scored(task(score_submission(metric=metric), linear(3, 3), rows, weights=identity), tmp_path) == pytest.approx(expected)


@pytest.mark.parametrize(("metric", "expected"), [("mae", 1.5), ("rmse", 2.5**0.5), ("loss", 2.5)])
def test_scores_of_regression_are_the_hand_computed_ones(metric: str, expected: float, tmp_path: Path) -> None:
    """Outputs 1 and 2 for 2 and 4: errors 1 and 2."""
    rows = Rows(np.array([[1.0], [2.0]], dtype=np.float32), np.array([2.0, 4.0], dtype=np.float32))
    identity = safetensors.numpy.save({"weight": np.ones((1, 1), dtype=np.float32), "bias": np.zeros(1, dtype=np.float32)})
    work = score_submission(metric=metric, category="tabular_regression")
    assert scored(task(work, linear(1, 1), rows, weights=identity), tmp_path) == pytest.approx(expected)


def test_a_model_without_weights_is_scored_as_it_is_built(tmp_path: Path) -> None:
    assert 0 <= scored(task(score_submission()), tmp_path) <= 1


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (task(train_cycle(framework="tensorflow")), "framework tensorflow is not known; known: pytorch, sklearn"),
        (task(train_cycle(plan(optimizer="lion"))), "optimizer lion is not known"),
        (task(train_cycle(plan(loss_function="hinge"))), "loss hinge does not fit classification"),
        (task(train_cycle(plan(loss_function="crossentropy"), category="tabular_regression"), linear(8, 1)), "does not fit regression"),
        (task(train_cycle(), linear(8, 5)), "the model gives outputs of shape (8, 5) for 8 rows, where 3 classes are needed"),
        (task(train_cycle(), linear(7, 3)), "the model fails on 8 rows of 8 features: RuntimeError"),
        (task(train_cycle(plan(learning_rate=1e30, optimizer="sgd", epochs=3))), "the loss became"),
        (
            task(train_cycle(), b"framework = 'pytorch'\ndef MyModel():\n    return 3\n"),
            "the model file builds a int, not a torch.nn.Module",
        ),
        (task(train_cycle(), weights=b"\x80\x04N."), "the weights to begin with are not safetensors"),
        (task(train_cycle(), weights=safetensors.numpy.save({"x": np.ones(1)})), "the weights to begin with do not fit the model"),
        (task(score_submission(metric="auc"), linear(), weights=ONES), "metric auc is not known"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(chosen: Task, words: str, tmp_path: Path) -> None:
    assert words in refusal(chosen, tmp_path)


def test_floating_point_operations_are_assumed_where_none_can_be_counted(tmp_path: Path) -> None:
    scaling = b"""
import torch
from torch import nn
framework = "pytorch"
class MyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.factors = nn.Parameter(torch.ones(3))
    def forward(self, rows):
        return rows[:, :3] * self.factors
"""
    event, _ = trained(task(train_cycle(plan(epochs=2)), scaling), tmp_path)
    assert event.flops == 6 * 3 * 72 * 2


def test_torch_uses_one_thread(tmp_path: Path) -> None:
    perform(task(train_cycle(), CNN), tmp_path)
    assert torch.get_num_threads() == 1
