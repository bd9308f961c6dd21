"""How long each part of a start took, as every substrate that starts a platform notes it."""

import logging
import time

log = logging.getLogger(__name__)


class Phases(dict[str, float]):
    """How many seconds after the start began each part of it was done, by the part's name."""

    def __init__(self) -> None:
        super().__init__()
        self._began = 0.0

    def begin(self) -> None:
        """The start begins now."""
        self._began = time.monotonic()

    def done(self, name: str) -> None:
        """A part of it is done."""
        self[name] = self.passed()
        log.info("%.2f s: %s", self[name], name)

    def passed(self) -> float:
        """Seconds since the start began."""
        return time.monotonic() - self._began
