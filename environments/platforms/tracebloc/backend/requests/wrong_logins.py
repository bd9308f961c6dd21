"""How often somebody may be wrong about a password. Source: our choice (the SDK shows the words of a 429)."""

import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from environments.platforms.tracebloc.backend.clock import elapsed
from environments.platforms.tracebloc.backend.errors import Refusal

MOST = 10
SECONDS = 60.0
_MOST_REMEMBERED = 10_000

Who = tuple[str, str]
"""The name that was tried, whether or not there is such an account, and from where: nobody can lock out somebody else elsewhere."""


class WrongLogins:
    """Counts them; after MOST of them there is none for SECONDS, not even with the right password."""

    def __init__(self, clock: Callable[[], float] = elapsed) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[Who, tuple[int, float]] = OrderedDict()
        self._under_way: Counter[Who] = Counter()

    @contextmanager
    def one_try(self, who: Who) -> Iterator[None]:
        """A try, which counts as wrong while it is under way: many at once are no way round. Refusal TOO_MANY_WRONG_LOGINS."""
        with self._lock:
            wrong, since = self._wrong.get(who, (0, 0.0))
            left = since + SECONDS - self._clock()
            wrong = wrong if left > 0 else 0
            if wrong + self._under_way[who] >= MOST:
                raise _too_many(left) if wrong >= MOST else _too_many_at_once()
            self._under_way[who] += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way[who] -= 1
                if not self._under_way[who]:
                    del self._under_way[who]

    def wrong(self, who: Who) -> None:
        """It was wrong again; the time counts from the last one."""
        with self._lock:
            wrong, since = self._wrong.pop(who, (0, 0.0))
            now = self._clock()
            self._wrong[who] = (wrong + 1 if now < since + SECONDS else 1, now)
            if len(self._wrong) > _MOST_REMEMBERED:
                self._wrong.popitem(last=False)

    def right(self, who: Who) -> None:
        """Begin anew."""
        with self._lock:
            self._wrong.pop(who, None)


def _too_many(seconds: float) -> Refusal:
    return _refusal(f"{MOST} logins with this name were wrong. Try again in {seconds:.0f} s.", math.ceil(seconds))


def _too_many_at_once() -> Refusal:
    return _refusal("Too many logins with this name are under way. Try again in a moment.", 1)


def _refusal(words: str, retry_after: int) -> Refusal:
    refusal = Refusal(429, "TOO_MANY_WRONG_LOGINS", words)
    refusal.headers["Retry-After"] = str(retry_after)
    return refusal
