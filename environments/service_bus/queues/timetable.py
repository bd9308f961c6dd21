"""When something happens to messages: one timer per entity for any number of messages, in order."""

import asyncio
import heapq
import time
from collections.abc import Callable

from ..codec.message import GONE, Message

# below this many, entries of messages that are gone are not worth looking for
FEW = 1000


class Timetable:
    """Messages and their times in seconds since 1970, the next one first; of the same time, the lower sequence number first."""

    def __init__(self, act: Callable[[Message], None]) -> None:
        self._act = act
        self._due: list[tuple[float, int, Message]] = []
        self._gone = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, message: Message, when: float) -> None:
        """Act on the message then, unless it is gone before."""
        heapq.heappush(self._due, (when, message.sequence_number, message))
        if self._due[0][2] is message:
            self._set_timer()

    def forget_one(self) -> None:
        """One of the messages is about to go for another reason."""
        self._gone += 1
        # an hour's worth of completed messages must not stay in memory
        if self._gone > FEW and self._gone > len(self._due) // 2:
            self._due = [entry for entry in self._due if entry[2].state != GONE]
            heapq.heapify(self._due)
            self._gone = 0

    def close(self) -> None:
        """Nothing happens any more."""
        if self._timer:
            self._timer.cancel()
        self._due.clear()

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        wait = max(0.0, self._due[0][0] - time.time())
        self._timer = asyncio.get_running_loop().call_later(wait, self._look)

    def _look(self) -> None:
        now = time.time()
        self._timer = None
        while self._due and self._due[0][0] <= now:
            message = heapq.heappop(self._due)[2]
            if message.state != GONE:
                self._act(message)
        if self._due and self._timer is None:
            self._set_timer()
