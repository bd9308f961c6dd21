"""Metrics and losses against values computed by hand."""

import math

import numpy as np
import pytest
import torch

from environments.platforms.tracebloc.training import metrics
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.objectives.survival import negative_log_partial_likelihood
from environments.platforms.tracebloc.training.objectives.texts import NOT_ASKED, MaskedLanguageModeling, TextTokenizer
from support.platforms.tracebloc.sample_data import texts
from tests.platforms.tracebloc.training.work import MODELS

NAN = math.nan
TOKENIZER = (MODELS / "word_guesser_tokenizer.json").read_bytes()


def test_the_overlap_of_masks_is_the_mean_over_classes() -> None:
    """Class 0: 2 pixels shared of 3; class 1: 1 of 2."""
    predictions, labels = np.array([[[0, 0], [0, 1]]]), np.array([[[0, 0], [1, 1]]])
    assert metrics.mean_intersection_over_union(predictions, labels) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_a_key_point_is_found_within_a_tenth_of_the_side_and_hidden_ones_do_not_count() -> None:
    labels = np.array([[[10, 10, 1], [20, 20, 1], [5, 5, 0]]], dtype=np.float32)
    predictions = np.array([[[13, 14, 1], [20, 25.1, 1], [40, 40, 1]]], dtype=np.float32)
    assert metrics.share_of_key_points(predictions, labels, side=50) == 0.5  # distances 5 and 5.1, limit 5


def test_concordance_counts_pairs_that_can_be_compared() -> None:
    """Times 1 (event), 2 (censored), 3 (event), 3: comparable are 1-2, 1-3, 1-3; risks say right, wrong, tie."""
    risks = np.array([2.0, 1.0, 3.0, 2.0])
    durations, events = np.array([1.0, 2.0, 3.0, 3.0]), np.array([1.0, 0.0, 1.0, 1.0])
    assert metrics.concordance(risks, durations, events) == pytest.approx((1 + 0 + 0.5) / 3)
    assert math.isnan(metrics.concordance(risks, durations, np.zeros(4)))


def test_average_precision_is_the_hand_computed_one() -> None:
    """Class 0 has boxes in both pictures. Surest is a hit, then a second one on the same box, then the other box: precision 1, then 2/3."""
    box = [0, 0, 0, 10, 10]
    truth = np.array([[box], [box]], dtype=float)
    detections = np.array(
        [[[*box, 0.9], [0, 0, 0, 9, 10, 0.8]], [[0, 0, 0, 10, 6, 0.7], [NAN] * 6]],
        dtype=float,
    )
    assert metrics.mean_average_precision(detections, truth) == pytest.approx((1 + 2 / 3) / 2)


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        ([0, 0, 0, 10, 10, 0.5], 1.0),
        ([1, 0, 0, 10, 10, 0.5], 0.0),
        ([0, 0, 0, 10, 5, 0.5], 1.0),  # an overlap of exactly one half
        ([0, 0, 0, 10, 4.9, 0.5], 0.0),
        ([NAN] * 6, 0.0),
    ],
)
def test_one_box_is_found_or_not(detection: list[float], expected: float) -> None:
    assert metrics.mean_average_precision(np.array([[detection]]), np.array([[[0.0, 0, 0, 10, 10]]])) == expected


def test_coxs_loss_is_the_hand_computed_one() -> None:
    """Events at 1 (risk 0) and 2 (risk 1), nobody's at 3 (risk 0): ln(1 + e + 1) - 0 and ln(e + 1) - 1, mean of the two."""
    loss = negative_log_partial_likelihood(torch.tensor([0.0, 1.0, 0.0]), torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 1.0, 0.0]))
    assert loss.item() == pytest.approx((math.log(2 + math.e) + math.log(math.e + 1) - 1) / 2)
    assert negative_log_partial_likelihood(torch.ones(2), torch.ones(2), torch.zeros(2)).item() == 0


def test_tokens_are_hidden_as_the_sdk_hides_them() -> None:
    objective = MaskedLanguageModeling(TextTokenizer(TOKENIZER, 16), "crossentropy", seed=1)
    told = np.asarray(texts.of_the_ring(400, 1), dtype=object)
    rows = objective.prepare(Rows(told, told))
    words = rows.labels != NOT_ASKED
    assert words.sum() == sum(len(text.split()) for text in told)
    assert np.array_equal(rows.labels[words], rows.features[:, 0][words])
    asked = objective.examination(rows)
    hidden = asked.labels != NOT_ASKED
    assert hidden.sum() / words.sum() == pytest.approx(0.15, abs=0.02)
    assert set(asked.features[:, 0][hidden]) == {4}
    assert np.array_equal(asked.features[:, 0][~hidden], rows.features[:, 0][~hidden])
    assert np.array_equal(objective.examination(rows).labels, asked.labels)


def test_in_training_most_hidden_tokens_are_masked_some_replaced_and_some_stay() -> None:
    objective = MaskedLanguageModeling(TextTokenizer(TOKENIZER, 16), "crossentropy", seed=1)
    told = np.asarray(texts.of_the_ring(400, 1), dtype=object)
    rows = objective.prepare(Rows(told, told))
    seen: list[torch.Tensor] = []

    class Model(torch.nn.Module):
        def forward(self, ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            seen.append(ids)
            assert attention_mask.sum() == sum(len(text.split()) + 2 for text in told)
            return torch.zeros(*ids.shape, 13)

    loss = objective.step(Model(), rows)
    assert loss.item() == pytest.approx(math.log(13), rel=1e-5)
    words = rows.labels != NOT_ASKED
    masked = (seen[0].numpy() == 4) & words
    changed = (seen[0].numpy() != rows.features[:, 0]) & words
    assert masked.sum() / words.sum() == pytest.approx(0.15 * 0.8, abs=0.02)
    assert (changed & ~masked).sum() / words.sum() == pytest.approx(0.15 * 0.1, abs=0.01)
