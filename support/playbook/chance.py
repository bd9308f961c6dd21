"""What guessing would reach, so that a metric can be called better than chance."""

from math import comb


def better_than_guessing(classes: int, rows: int, risk: float = 0.01) -> float:
    """The smallest accuracy (0 to 1) that somebody who guesses among `classes` on `rows` rows reaches with a probability below `risk`."""
    chance = 1 / classes
    tail = 1.0
    for right in range(rows + 1):
        if tail < risk:
            return right / rows
        tail -= comb(rows, right) * chance**right * (1 - chance) ** (rows - right)
    return 1.0
