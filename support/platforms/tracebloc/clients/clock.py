"""The platform's clock, as the people of one scenario see it: the machine's, or one that the scenario has moved. Source: our choice."""

import time

import httpx
from pydantic import SecretStr

from environments.errors import NotGiven
from environments.network.direct_http import OTHER_CLOCK

HEADER = "X-Clock"
DAY = 86_400


class PlatformClock:
    """Asks the platform to serve a scenario's people at another time; it moves for nobody else."""

    def __init__(self, key: SecretStr | None) -> None:
        self._key = key
        self._ahead = 0.0

    def pass_by(self, seconds: float) -> None:
        """So much time has passed; NotGiven says that this platform's clock cannot be moved."""
        self._ahead += seconds
        self._refuse_without_key()

    def be_around_midnight(self, seconds: float) -> None:
        """It is so many seconds after the last midnight (UTC), or before it where they are negative."""
        now = time.time()
        self._ahead = now // DAY * DAY + seconds - now
        self._refuse_without_key()

    def stamp(self, request: httpx.Request) -> None:
        """Have a request served at the clock's time."""
        if self._ahead and self._key is not None:
            request.headers[HEADER] = f"{self._key.get_secret_value()} {self._ahead:.3f}"
            request.extensions[OTHER_CLOCK] = True

    def _refuse_without_key(self) -> None:
        if self._key is None:
            raise NotGiven("clock", "this platform's clock cannot be moved")
