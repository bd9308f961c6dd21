"""Splitting a selection over several machines: `--shard 2/3` runs the second of three parts.

Every part is worked out from the same names and recorded durations, so that the parts are about equally long, and a scenario is in just
one of them. `ringmaster merge` compares the plans' fingerprints, since machines with other durations would cut other parts.
Source: our choice.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from support.runner.planning.errors import WrongShard

WHEN_UNKNOWN = 1.0
"""Seconds a scenario is taken to last when nothing was recorded yet."""
_WRITTEN = re.compile(r"(\d+)/(\d+)")


class Shard(NamedTuple):
    """One part of a selection; `durations` are the recorded seconds by scenario key."""

    number: int
    of: int
    durations: Mapping[str, float] = {}

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def part(self, keys: Sequence[str]) -> frozenset[str]:
        """The keys of this part: the longest go first, each to the part that is the shortest so far."""
        seconds = self._seconds(keys)
        loads = [0.0] * self.of
        mine = set()
        for key in sorted(seconds, key=lambda key: (-seconds[key], key)):
            shortest = loads.index(min(loads))
            loads[shortest] += seconds[key]
            if shortest == self.number - 1:
                mine.add(key)
        return frozenset(mine)

    def fingerprint(self, keys: Sequence[str]) -> str:
        """The same for all parts of one plan."""
        plan = json.dumps([self.of, self._seconds(keys)], sort_keys=True)
        return hashlib.sha256(plan.encode()).hexdigest()[:16]

    def _seconds(self, keys: Sequence[str]) -> dict[str, float]:
        known = [self.durations[key] for key in keys if key in self.durations]
        usual = median(known) if known else WHEN_UNKNOWN
        return {key: self.durations.get(key, usual) for key in keys}


def read_shard(written: str, durations: Mapping[str, float]) -> Shard:
    """The shard that `2/3` means; raises WrongShard."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise WrongShard(f"'{written}' is not a shard: write its number and how many there are, as in 2/3")
    number, of = int(found[1]), int(found[2])
    if not 1 <= number <= of:
        raise WrongShard(f"there is no shard {number} of {of}: the first is 1/{of}, the last {of}/{of}")
    return Shard(number, of, durations)
