"""Every task: read as it was ingested, trained for one epoch and scored, in this process."""

from pathlib import Path

import pytest

from environments.platforms.tracebloc.training.protocol import ModelFailed, Scored, Trained
from support.platforms.tracebloc.playbook.training.chance import chance
from support.platforms.tracebloc.sample_data.tasks import TASKS
from tests.platforms.tracebloc.training import work as work_of_a_pod
from tests.platforms.tracebloc.training.ingested import MODELS_OF, ingest


def test_there_is_a_model_for_every_task_with_something_to_learn() -> None:
    assert set(MODELS_OF) == set(TASKS) - {"tabular classification of noise"}


@pytest.mark.parametrize("name", MODELS_OF)
def test_one_epoch_beats_chance_and_the_weights_keep_it(name: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, name, train=80, test=40)
    outcome = work_of_a_pod.perform(edge.task(edge.train_cycle(validation_split=0.2)), tmp_path, lambda _epoch: None)
    assert isinstance(outcome.event, Trained)
    assert outcome.event.flops > 0
    expected = chance(edge.toy, 40, seed=2)
    assert chance(edge.toy, 16, seed=1).is_beaten_by(outcome.event.metrics[edge.toy.metric])
    scored = work_of_a_pod.perform(edge.task(edge.score_submission(), outcome.attachments["weights"]), tmp_path, lambda _epoch: None).event
    assert isinstance(scored, Scored)
    assert scored.rows == len(edge.rows("test"))
    assert expected.is_beaten_by(scored.score), expected


@pytest.mark.parametrize("name", MODELS_OF)
def test_an_untrained_model_does_not_beat_chance(name: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, name, train=80, test=40)
    still = edge.train_cycle(validation_split=0.2, learning_rate=1e-12)
    outcome = work_of_a_pod.perform(edge.task(still), tmp_path, lambda _epoch: None)
    scored = work_of_a_pod.perform(edge.task(edge.score_submission(), outcome.attachments["weights"]), tmp_path, lambda _epoch: None).event
    assert isinstance(scored, Scored)
    assert not chance(edge.toy, 40, seed=2).is_beaten_by(scored.score)


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("semantic segmentation", {"loss_function": "mse"}, "loss mse does not fit semantic segmentation; known: crossentropy"),
        ("text classification", {"loss_function": "mse"}, "loss mse does not fit text classification"),
        ("masked language modeling", {"loss_function": "mse"}, "loss mse does not fit masked language modeling"),
        ("keypoint detection", {"loss_function": "crossentropy"}, "loss crossentropy does not fit keypoint detection; known: mse, l1"),
        ("time series forecasting", {"loss_function": "coxph"}, "loss coxph does not fit regression"),
        ("time to event prediction", {"loss_function": "mse"}, "loss mse does not fit time to event prediction; known: coxph"),
    ],
)
def test_a_loss_that_does_not_fit_is_refused_in_words(name: str, changes: dict[str, str], words: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, name, train=12, test=2)
    with pytest.raises(ModelFailed) as failure:
        work_of_a_pod.perform(edge.task(edge.train_cycle(**changes)), tmp_path, lambda _epoch: None)
    assert words in str(failure.value)


MODEL = """
import torch
from torch import nn
framework = "pytorch"
class MyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
    def forward(self, given, *more, **others):
        {body}
"""


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("image classification", "return given.mean(dim=(2, 3))[:, :2]", "shape (6, 2) for 6 rows, where 3 classes are needed"),
        ("semantic segmentation", "return given[:, 0]", "where pictures of 3 classes are needed"),
        ("semantic segmentation", "return {'out': given[:, :2]}", "shape (6, 2, 32, 32) for 6 rows"),
        ("keypoint detection", "return given.mean(dim=(2, 3))", "where 2 points of x, y, visible are needed"),
        ("object detection", "return 3", "a detector has to answer with one dictionary of boxes, labels and scores for each picture"),
        ("object detection", "return [{'boxes': 1}] * len(given)", "boxes, labels and scores of equal number"),
        ("text classification", "return given.float()", "shape (6, 16) for 6 rows, where 3 classes are needed"),
        ("masked language modeling", "return given.float()", "where 16 tokens of 13 are needed"),
        ("time series forecasting", "return given[:, :, 0]", "where 2 numbers a row are needed"),
        ("time series classification", "raise RuntimeError('no')", "the model fails on 6 rows of 8 x 2: RuntimeError: no"),
        ("time to event prediction", "return given", "where one number a row are needed"),
        ("image classification", "return [given]", "the model gives a list, not a tensor"),
    ],
)
def test_a_model_that_does_not_fit_its_task_is_told_so(name: str, body: str, words: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, name, train=20, test=2)
    work = edge.train_cycle(batch_size=6)
    with pytest.raises(ModelFailed) as failure:
        work_of_a_pod.perform(edge.task(work, model_file=MODEL.format(body=body).encode()), tmp_path, lambda _epoch: None)
    assert words in str(failure.value)


@pytest.mark.parametrize(
    ("name", "model_type", "words"),
    [
        ("object detection", "yolo", "detectors of type yolo cannot be trained here; known: torchvision_detection, rcnn"),
        ("keypoint detection", "heatmap", "key point models of type heatmap cannot be trained here"),
    ],
)
def test_families_of_models_that_are_not_known_are_refused(name: str, model_type: str, words: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, name, train=6, test=2)
    work = edge.train_cycle()
    work.model_input.model_type = model_type
    with pytest.raises(ModelFailed) as failure:
        work_of_a_pod.perform(edge.task(work), tmp_path, lambda _epoch: None)
    assert words in str(failure.value)


def test_a_detector_without_losses_is_told_so(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "object detection", train=6, test=2)
    body = """return [{'boxes': torch.zeros(0, 4), 'labels': torch.zeros(0), 'scores': torch.zeros(0)} for _ in given]"""
    with pytest.raises(ModelFailed, match="a detector that is given targets has to answer with a dictionary of its losses"):
        work_of_a_pod.perform(edge.task(edge.train_cycle(), model_file=MODEL.format(body=body).encode()), tmp_path, lambda _epoch: None)


@pytest.mark.parametrize(
    ("tokenizer", "words"),
    [
        (None, "a model of texts needs a tokenizer.json"),
        (b"{}", "the tokenizer cannot be read"),
        (b'{"version":"1.0","model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}}', "the tokenizer has none of [PAD]"),
    ],
)
def test_a_tokenizer_that_cannot_be_used_is_told(tokenizer: bytes | None, words: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, "text classification", train=6, test=2)
    task = edge.task(edge.train_cycle())
    object.__setattr__(task, "tokenizer", tokenizer)
    with pytest.raises(ModelFailed) as failure:
        work_of_a_pod.perform(task, tmp_path, lambda _epoch: None)
    assert words in str(failure.value)


def test_scikit_learn_is_for_tables(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "image classification", train=6, test=2)
    work = edge.train_cycle().model_copy(update={"framework": "sklearn"})
    with pytest.raises(ModelFailed, match="scikit-learn models cannot be trained for image_classification"):
        work_of_a_pod.perform(edge.task(work), tmp_path, lambda _epoch: None)
