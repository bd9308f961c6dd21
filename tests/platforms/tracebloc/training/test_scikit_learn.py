"""The scikit-learn path: what is averaged, and what is refused."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.protocol import ModelFailed, Outcome, Scored, Task, Trained
from tests.platforms.tracebloc.training import work as work_of_a_pod
from tests.platforms.tracebloc.training.work import LOGISTIC_REGRESSION, plan, score_submission, task, toy_rows, train_cycle

FILE = """
from sklearn.pipeline import Pipeline
from sklearn.impute import SimpleImputer
from sklearn.{module} import *
framework = 'sklearn'
def MyModel():
    return {estimator}
"""


def model_file(module: str, estimator: str) -> bytes:
    return FILE.format(module=module, estimator=estimator).encode()


def perform(chosen: Task, folder: Path) -> Outcome:
    return work_of_a_pod.perform(chosen, folder, lambda _epoch: None)


def test_logistic_regression_learns_and_gives_its_coefficients(tmp_path: Path) -> None:
    outcome = perform(task(train_cycle(framework="sklearn"), LOGISTIC_REGRESSION), tmp_path)
    assert isinstance(outcome.event, Trained)
    assert outcome.event.metrics["accuracy"] > 0.9
    weights = safetensors.numpy.load(outcome.attachments["weights"])
    assert {name: array.shape for name, array in weights.items()} == {
        "classes_": (3,),
        "coef_": (3, 8),
        "intercept_": (3,),
        "n_iter_": (1,),
    }
    fitted = pickle.loads(outcome.attachments["estimator"])  # noqa: S301 (made in this test)
    assert np.array_equal(fitted.coef_, weights["coef_"])
    assert outcome.event.flops == 6 * (3 + 24 + 3 + 1) * 72 * int(weights["n_iter_"][0])


def test_steps_of_a_pipeline_are_named(tmp_path: Path) -> None:
    pipeline = model_file("linear_model", "Pipeline([('imputer', SimpleImputer()), ('model', RidgeClassifier())])")
    weights = safetensors.numpy.load(perform(task(train_cycle(framework="sklearn"), pipeline), tmp_path).attachments["weights"])
    assert {"imputer.statistics_", "model.coef_", "model.intercept_"} <= weights.keys()


@pytest.mark.parametrize("estimator", ["LinearRegression()", "Ridge()"])
def test_regression_scores_with_the_given_numbers(estimator: str, tmp_path: Path) -> None:
    """Fitted on y = 2x + 1, scored as y = 3x: errors on (1, 3) and (2, 5) are 0 and 1."""
    regression = model_file("linear_model", estimator)
    x = np.arange(20, dtype=np.float32)[:, None]
    work = train_cycle(plan(validation_split=0.0), "sklearn", "tabular_regression")
    outcome = perform(task(work, regression, Rows(x, 2 * x[:, 0] + 1)), tmp_path)
    weights = safetensors.numpy.load(outcome.attachments["weights"])
    assert set(weights) >= {"coef_", "intercept_"}
    for name, value in (("coef_", 3.0), ("intercept_", 0.0)):
        weights[name] = np.full_like(weights[name], value)
    test_rows = Rows(np.array([[1.0], [2.0]], dtype=np.float32), np.array([3.0, 5.0], dtype=np.float32))
    score = task(
        score_submission("sklearn", "mae", "tabular_regression"),
        regression,
        test_rows,
        weights=safetensors.numpy.save(weights),
        estimator=outcome.attachments["estimator"],
    )
    event = perform(score, tmp_path).event
    assert isinstance(event, Scored)
    assert event.score == pytest.approx(0.5)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_layers_of_a_neural_network_are_named_by_number(tmp_path: Path) -> None:
    network = model_file("neural_network", "MLPClassifier((5,), max_iter=3, random_state=1)")
    work = train_cycle(framework="sklearn", participants=["edge-1", "edge-2"])
    weights = safetensors.numpy.load(perform(task(work, network), tmp_path).attachments["weights"])
    assert weights["coefs_.0"].shape == (8, 5)
    assert weights["coefs_.1"].shape == (5, 3)


def test_a_forest_trains_alone_and_is_refused_where_it_would_be_averaged(tmp_path: Path) -> None:
    forest = model_file("ensemble", "GradientBoostingClassifier(n_estimators=2)")
    assert perform(task(train_cycle(framework="sklearn"), forest), tmp_path)
    with pytest.raises(ModelFailed, match="GradientBoostingClassifier cannot be averaged over 2 secure environments"):
        perform(task(train_cycle(framework="sklearn", participants=["edge-1", "edge-2"]), forest), tmp_path)


def test_an_estimator_that_cannot_be_fitted_is_told(tmp_path: Path) -> None:
    one_class = toy_rows(80, 1)
    rows = Rows(one_class.features, np.zeros_like(one_class.labels))
    with pytest.raises(ModelFailed, match=r"the estimator cannot be fitted: ValueError: .*at least 2 classes"):
        perform(task(train_cycle(framework="sklearn"), LOGISTIC_REGRESSION, rows), tmp_path)


def test_something_else_than_an_estimator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFailed, match="builds a int, not a scikit-learn estimator"):
        perform(task(train_cycle(framework="sklearn"), model_file("linear_model", "3")), tmp_path)


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    outcome = perform(task(train_cycle(framework="sklearn"), LOGISTIC_REGRESSION), tmp_path)
    weights = safetensors.numpy.load(outcome.attachments["weights"])
    weights["coef_"] = weights["coef_"][:, :4].copy()
    score = task(
        score_submission("sklearn"),
        LOGISTIC_REGRESSION,
        weights=safetensors.numpy.save(weights),
        estimator=outcome.attachments["estimator"],
    )
    with pytest.raises(ModelFailed, match=r"coef_ has shape \(3, 4\), not \(3, 8\)"):
        perform(score, tmp_path)
