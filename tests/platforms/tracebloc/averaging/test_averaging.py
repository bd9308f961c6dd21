"""The arithmetic of federated averaging, against values computed by hand."""

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from environments.platform import SABOTAGE_VARIABLE
from environments.platforms.tracebloc.averaging_service.averaging import (
    Contribution,
    UnusableWeights,
    average,
    read,
    row_weighted_metrics,
)
from environments.platforms.tracebloc.sabotages import AveragingSabotage


def array(*values: float, dtype: str = "float32") -> npt.NDArray[Any]:
    return np.array(values, dtype=dtype)


def contribution(name: str, rows: int, **tensors: npt.NDArray[Any]) -> Contribution:
    return Contribution(name, rows, tensors)


def refusal(*contributions: Contribution) -> tuple[str, str]:
    with pytest.raises(UnusableWeights) as refused:
        average(contributions)
    return refused.value.participant, str(refused.value)


def test_whoever_trained_on_more_rows_counts_more() -> None:
    averaged = average([contribution("a", 30, w=array(1.0, 2.0)), contribution("b", 10, w=array(5.0, -2.0))])
    assert averaged["w"].tolist() == [2.0, 1.0]  # (30*1 + 10*5) / 40, (30*2 - 10*2) / 40; unweighted would be 3 and 0


def test_the_sabotage_forgets_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SABOTAGE_VARIABLE, AveragingSabotage.WEIGHTS_AVERAGED_UNWEIGHTED)
    averaged = average([contribution("a", 30, w=array(1.0, 2.0)), contribution("b", 10, w=array(5.0, -2.0))])
    assert averaged["w"].tolist() == [3.0, 0.0]


def test_three_participants() -> None:
    averaged = average([contribution("a", 1, w=array(1)), contribution("b", 2, w=array(4)), contribution("c", 5, w=array(0.6))])
    assert averaged["w"] == pytest.approx(1.5)  # (1 + 8 + 3) / 8


def test_one_participant_keeps_its_weights() -> None:
    weights = array(0.1, 1e-30, -7.25)
    assert np.array_equal(average([contribution("a", 7, w=weights)])["w"], weights)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_and_shape_stay(dtype: str) -> None:
    first, second = np.ones((2, 3), dtype=dtype), np.full((2, 3), 2, dtype=dtype)
    averaged = average([contribution("a", 1, w=first), contribution("b", 1, w=second)])["w"]
    assert averaged.dtype == dtype
    assert averaged.tolist() == [[1.5] * 3] * 2


def test_half_precision_is_averaged_in_double_precision() -> None:
    # 60000 + 60000 is infinity in float16
    averaged = average([contribution("a", 3, w=array(60000, dtype="float16")), contribution("b", 1, w=array(60000, dtype="float16"))])
    assert averaged["w"].tolist() == [60000]


def test_a_tensor_without_dimensions_stays_one() -> None:
    averaged = average([contribution("a", 1, w=np.array(1.0)), contribution("b", 1, w=np.array(2.0))])["w"]
    assert (averaged.shape, float(averaged)) == ((), 1.5)


@pytest.mark.parametrize("values", [np.array([3], dtype="int64"), np.array([3], dtype="uint8"), np.array([True])])
def test_integers_and_booleans_are_those_of_the_participant_with_most_rows(values: npt.NDArray[Any]) -> None:
    other = np.zeros_like(values)
    averaged = average([contribution("a", 10, n=other), contribution("b", 30, n=values), contribution("c", 30, n=other)])
    assert averaged["n"].dtype == values.dtype
    assert averaged["n"].tolist() == values.tolist()


@given(st.lists(st.tuples(st.integers(1, 10_000), st.floats(-1e6, 1e6)), min_size=1, max_size=6))
def test_the_mean_lies_between_the_participants_and_forgets_their_order(pairs: list[tuple[int, float]]) -> None:
    contributions = [contribution(str(index), rows, w=array(value, dtype="float64")) for index, (rows, value) in enumerate(pairs)]
    mean = float(average(contributions)["w"][0])
    values = [value for _, value in pairs]
    assert min(values) - 1e-6 <= mean <= max(values) + 1e-6
    assert float(average(contributions[::-1])["w"][0]) == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ({"w": array(1, 2)}, "tensor bias is missing"),
        ({"w": array(1, 2), "bias": array(0), "more": array(0)}, "tensor more is not in the others' weights"),
        ({"w": array(1, 2, 3), "bias": array(0)}, "tensor w has shape (3,), the others' has (2,)"),
        ({"w": array(1, 2, dtype="float64"), "bias": array(0)}, "tensor w is of type float64, the others' is float32"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_one_who_differs_is_refused_wherever_it_stands(tensors: dict[str, npt.NDArray[Any]], words: str, place: int) -> None:
    contributions = [contribution(name, 10, w=array(1, 2), bias=array(0)) for name in ("a", "b")]
    contributions.insert(place, Contribution("odd", 10, tensors))
    assert refusal(*contributions) == ("odd", words)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(UnusableWeights, match="tensor w holds NaN or infinity"):
        read("a", 10, safetensors.numpy.save({"w": array(1, value)}))


GOOD = safetensors.numpy.save({"w": array(1, 2)})


@pytest.mark.parametrize(
    ("rows", "content", "words"),
    [
        (0, GOOD, "trained on 0 rows"),
        (-3, GOOD, "trained on -3 rows"),
        (10, GOOD[:-1], "not safetensors"),
        (10, b"", "not safetensors"),
        (10, b"\x80\x04N.", "not safetensors"),
        (10, safetensors.numpy.save({}), "holds no tensor"),
        (10, safetensors.numpy.save({"w": np.ones(2, dtype="complex64")}), "tensor w is of type complex64, which cannot be averaged here"),
    ],
)
def test_weights_that_cannot_be_read_are_refused(rows: int, content: bytes, words: str) -> None:
    with pytest.raises(UnusableWeights) as refused:
        read("a", rows, content)
    assert str(refused.value).startswith(words)
    assert refused.value.participant == "a"


def test_a_type_that_numpy_lacks_is_refused_in_words() -> None:
    header = b'{"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}'
    with pytest.raises(UnusableWeights, match="holds tensors of type BF16, which cannot be averaged here"):
        read("a", 10, struct.pack("<Q", len(header)) + header + b"\x80\x3f")


def test_what_is_read_is_what_was_saved() -> None:
    contribution = read("a", 10, safetensors.numpy.save({"w": array(1, 2), "n": np.array(3)}))
    assert contribution.tensors["w"].tolist() == [1, 2]
    assert contribution.tensors["n"].shape == ()


def test_metrics_are_weighted_by_rows_too() -> None:
    assert row_weighted_metrics([30, 10], [{"accuracy": 1.0, "loss": 0.2}, {"accuracy": 0.5}]) == {"accuracy": 0.875}
