"""Read-only mode: what may not be typed, and how often somebody is told so. Source: odd-demonstration, requirement R4."""

import time

NOTICE_SECONDS = 5.0
BLOCKED = {"n": "Task creation", "l": "Cluster launch", "\r": "This action", "\n": "This action"}
"""What changes something when it is typed, and what it would do."""


def blocked_by(typed: str) -> str | None:
    """What read-only mode keeps this from doing; None when it changes nothing."""
    return BLOCKED.get(typed.lower())


class Notices:
    """What one person was told of it."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def is_due(self, action: str) -> bool:
        """Whether to say so now: not again within seconds."""
        now = time.monotonic()
        if now - self._told.get(action, -NOTICE_SECONDS) < NOTICE_SECONDS:
            return False
        self._told[action] = now
        return True
