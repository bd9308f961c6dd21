"""Budgets of time. Source: the design's table of tags, and our choice."""

from collections.abc import Mapping
from typing import NamedTuple


class Budgets(NamedTuple):
    """Seconds, stretched already; None or a missing ring: no budget."""

    step: float | None = None
    scenario: float | None = None
    """For a scenario without a `@budget.` tag."""
    rings: Mapping[str, float] = {}
    run: float | None = None
    factor: float = 1.0
    """Stretches the budgets of tags."""
