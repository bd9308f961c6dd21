"""The pod from the first call to the last, forked and started on its own."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch

from support.platforms.tracebloc.sample_data.datasets import class_names
from tests.platforms.tracebloc.training.conftest import RunPod
from tests.platforms.tracebloc.training.ingested import ingest
from tests.platforms.tracebloc.training.requests_proxy_stand_in import TOKEN, RequestsProxyStandIn
from tests.platforms.tracebloc.training.work import CNN, LOGISTIC_REGRESSION, MODELS, plan, score_submission, table, toy_rows, train_cycle


def test_a_pod_trains_and_hands_over_epochs_flops_and_weights(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    requests_proxy.work, requests_proxy.model_file = train_cycle(plan(epochs=2)), CNN
    pod = run_pod()
    assert pod.exit_code == 0, pod.log
    assert [epoch["epoch"] for epoch in requests_proxy.epochs] == [1, 2]
    assert requests_proxy.epochs[1]["metrics"]["accuracy"] > 0.7
    assert requests_proxy.trained["rows"] == b"72"
    weights = safetensors.numpy.load(requests_proxy.trained["weights"])
    assert weights["head.weight"].shape == (3, 64)
    # a row costs 2x1x3x8x8 and 2x8x3x8x8 in the convolutions and 2x64x3 in the head
    assert requests_proxy.flops[0]["flops"] == 3 * (384 + 3072 + 384) * 72 * 2
    assert 0 < requests_proxy.flops[0]["grams_co2e"] < 0.1
    assert requests_proxy.calls.index("POST /v1/flops") < requests_proxy.calls.index("POST /v1/weights")
    assert int(requests_proxy.trained["flops"]) == requests_proxy.flops[0]["flops"]
    assert TOKEN not in pod.log


def test_a_pod_trains_on_the_chosen_rows_only(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    chosen = dict.fromkeys(class_names(), 10)
    requests_proxy.work, requests_proxy.model_file = train_cycle(plan(validation_split=0.2), chosen_rows=chosen), CNN
    pod = run_pod()
    assert pod.exit_code == 0, pod.log
    assert requests_proxy.trained["rows"] == b"24"


def test_a_pod_started_on_its_own_does_the_same(
    requests_proxy: RequestsProxyStandIn, pod_environment: dict[str, str], tmp_path: Path
) -> None:
    requests_proxy.work, requests_proxy.model_file = train_cycle(), CNN
    command = [sys.executable, "-m", "environments.platforms.tracebloc.training"]
    began = time.monotonic()
    ended = subprocess.run(command, env=pod_environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert requests_proxy.trained["rows"] == b"72"
    assert time.monotonic() - began < 30


def test_the_score_is_the_accuracy_an_independent_evaluation_finds(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    requests_proxy.work, requests_proxy.model_file = train_cycle(), CNN
    assert run_pod().exit_code == 0
    requests_proxy.work, requests_proxy.weights = score_submission(), requests_proxy.trained["weights"]
    assert run_pod().exit_code == 0
    rows = toy_rows(150, seed=2)
    weights = {name: torch.from_numpy(array) for name, array in safetensors.numpy.load(requests_proxy.trained["weights"]).items()}
    channels = torch.from_numpy(rows.features)[:, None, :]
    for layer in ("first", "second"):
        channels = torch.conv1d(channels, weights[f"{layer}.weight"], weights[f"{layer}.bias"], padding=1).clamp(min=0)
    predictions = (channels.flatten(1) @ weights["head.weight"].T + weights["head.bias"]).argmax(1).numpy()
    assert requests_proxy.scores == [{"rows": 150, "score": float(np.mean(predictions == rows.labels))}]
    assert requests_proxy.scores[0]["score"] > 0.7


def test_scikit_learn_is_scored_with_the_averaged_numbers(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    requests_proxy.work, requests_proxy.model_file = train_cycle(framework="sklearn"), LOGISTIC_REGRESSION
    assert run_pod().exit_code == 0
    weights = safetensors.numpy.load(requests_proxy.trained["weights"])
    assert weights["coef_"].shape == (3, 8)
    rows = toy_rows(150, seed=2)
    for sign in (1, -1):  # numbers of the wrong sign have to show in the score
        averaged = {**weights, "coef_": sign * weights["coef_"], "intercept_": sign * weights["intercept_"]}
        requests_proxy.work, requests_proxy.weights = score_submission("sklearn"), safetensors.numpy.save(averaged)
        requests_proxy.estimator = requests_proxy.trained["estimator"]
        assert run_pod().exit_code == 0
        predictions = (rows.features @ averaged["coef_"].T + averaged["intercept_"]).argmax(1)
        assert requests_proxy.scores[-1]["score"] == float(np.mean(predictions == rows.labels))
    assert requests_proxy.scores[0]["score"] > 0.9 > 0.2 > requests_proxy.scores[1]["score"]


def test_a_busy_requests_proxy_is_asked_again(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    requests_proxy.work, requests_proxy.model_file, requests_proxy.answers_503 = train_cycle(), CNN, 3
    assert run_pod().exit_code == 0
    assert requests_proxy.calls[:4] == ["GET /v1/work"] * 4


def test_a_refused_token_is_final(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    pod = run_pod(REQUESTS_PROXY_TOKEN="an-old-token")
    assert pod.exit_code == 1
    assert "pod pod-1 failed: GET /v1/work: the pod token was refused: the pod token has expired" in pod.log
    assert requests_proxy.calls == ["GET /v1/work"]
    assert "an-old-token" not in pod.log


def test_a_missing_variable_ends_the_pod_with_exit_code_2(run_pod: RunPod) -> None:
    pod = run_pod(TRAINING_DEADLINE_SECONDS="soon")
    assert pod.exit_code == 2
    assert "TRAINING_DEADLINE_SECONDS" in pod.log


def test_a_dataset_without_rows_is_named(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    requests_proxy.work = train_cycle(dataset=table(ingestor_id="run-0"))
    pod = run_pod()
    assert pod.exit_code == 1
    assert "table toys holds no train rows of ingestion run-0" in pod.log


def test_a_pod_reads_texts_from_the_shared_folder_by_the_models_tokenizer(
    requests_proxy: RequestsProxyStandIn, run_pod: RunPod, tmp_path: Path
) -> None:
    edge = ingest(tmp_path, "text classification")
    requests_proxy.work = edge.train_cycle().model_copy(update={"tokenizer_key": "models/m/tokenizer.json"})
    requests_proxy.model_file = (MODELS / "topic_classifier.py").read_bytes()
    requests_proxy.tokenizer = (MODELS / "topic_classifier_tokenizer.json").read_bytes()
    places = {"DATABASE_URL": edge.storage.database_url, "SHARED_FOLDER": str(edge.storage.shared_folder)}
    pod = run_pod(**places)
    assert pod.exit_code == 0, pod.log
    assert requests_proxy.epochs[0]["metrics"]["accuracy"] > 0.5
    edge.file("text_003.txt").unlink()
    pod = run_pod(**places)
    assert pod.exit_code == 1
    assert pod.log.splitlines()[-1].endswith("pod pod-1 failed: file text_003.txt of table train cannot be read: No such file or directory")


def test_a_failing_model_is_one_line_in_the_log(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    requests_proxy.work, requests_proxy.model_file = train_cycle(), b"framework = 'pytorch'\nraise RuntimeError('no licence')"
    pod = run_pod()
    assert pod.exit_code == 1
    lines = [line for line in pod.log.splitlines() if "failed" in line]
    assert len(lines) == 1
    assert lines[0].endswith("pod pod-1 failed: the model file cannot be run: RuntimeError: no licence")
    assert not requests_proxy.trained


def test_a_pod_that_is_told_to_stop_ends_and_leaves_nothing(requests_proxy: RequestsProxyStandIn, run_pod: RunPod, tmp_path: Path) -> None:
    requests_proxy.work, requests_proxy.model_file = train_cycle(), b"import select\nselect.select([], [], [])\n"
    pod = run_pod(stop_after=requests_proxy.handed_out)
    assert pod.exit_code == 128 + 15
    assert list((tmp_path / "scratch").glob("*")) == []


@pytest.mark.filterwarnings("ignore:Pydantic serializer")
def test_work_that_cannot_be_read_is_one_line_in_the_log(requests_proxy: RequestsProxyStandIn, run_pod: RunPod) -> None:
    requests_proxy.work = train_cycle().model_copy(update={"cycle": "first"})
    pod = run_pod()
    assert pod.exit_code == 1
    assert pod.log.splitlines()[-1].endswith("pod pod-1 failed: GET /v1/work: 1 error(s) in the work")
