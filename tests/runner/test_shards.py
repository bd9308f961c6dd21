"""Which scenarios are in which shard."""

import random

import pytest

from support.runner.planning.errors import WrongShard
from support.runner.planning.shards import Shard, read_shard

KEYS = [f"features/{number}.feature: scenario {number}" for number in range(40)]
SECONDS = {key: float(number % 7 + 1) for number, key in enumerate(KEYS)}


def parts(of: int, durations: dict[str, float]) -> list[frozenset[str]]:
    return [Shard(number, of, durations).part(KEYS) for number in range(1, of + 1)]


@pytest.mark.parametrize("of", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("durations", [{}, SECONDS, dict(list(SECONDS.items())[:10])], ids=["none", "all", "some"])
def test_each_scenario_is_in_just_one_shard(of: int, durations: dict[str, float]) -> None:
    found = parts(of, durations)
    assert sorted(key for part in found for key in part) == sorted(KEYS)


def test_shards_are_about_equally_long() -> None:
    loads = [sum(SECONDS[key] for key in part) for part in parts(4, SECONDS)]
    assert max(loads) - min(loads) <= max(SECONDS.values())


def test_the_order_of_the_features_does_not_matter() -> None:
    shuffled = random.Random(1).sample(KEYS, len(KEYS))  # noqa: S311
    assert Shard(2, 3, SECONDS).part(shuffled) == Shard(2, 3, SECONDS).part(KEYS)
    assert Shard(2, 3, SECONDS).fingerprint(shuffled) == Shard(1, 3, SECONDS).fingerprint(KEYS)


def test_other_durations_make_another_plan() -> None:
    assert Shard(1, 3, SECONDS).fingerprint(KEYS) != Shard(1, 3, {}).fingerprint(KEYS)
    assert Shard(1, 3, SECONDS).fingerprint(KEYS) != Shard(1, 2, SECONDS).fingerprint(KEYS)


@pytest.mark.parametrize("written", ["2", "a/b", "1/2/3", "", "-1/2", "1.5/2"])
def test_what_is_no_shard_is_refused(written: str) -> None:
    with pytest.raises(WrongShard, match="as in 2/3"):
        read_shard(written, {})


@pytest.mark.parametrize("written", ["0/3", "4/3", "1/0"])
def test_a_shard_that_is_none_of_them_is_refused(written: str) -> None:
    with pytest.raises(WrongShard, match="there is no shard"):
        read_shard(written, {})
