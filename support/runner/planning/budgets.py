"""Budgets of time. Source: the design's table of tags, and our choice."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Budgets:
    """Seconds, stretched already; None or a missing ring: no budget."""

    step: float | None = None
    scenario: float | None = None
    """For a scenario without a `@budget.` tag."""
    rings: dict[str, float] = field(default_factory=dict)
    run: float | None = None
    factor: float = 1.0
    """Stretches the budgets of tags."""
