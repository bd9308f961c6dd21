"""Who holds which message of one entity, and until when."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator

from ..codec.message import LOCKED, Message
from ..errors import Refusal
from .lines import Lock, LockedSession


class Locks:
    """The locks on the messages of one entity."""

    def __init__(self, seconds: Callable[[], float], expired: Callable[[Message], None], lost: Callable[[], Refusal]) -> None:
        """`seconds` is how long a lock holds from now on, `expired` gets each message whose time is up, `lost` is what to say then."""
        self._seconds = seconds
        self._expired = expired
        self._lost = lost
        self._locks: dict[uuid.UUID, Lock] = {}

    def __len__(self) -> int:
        return len(self._locks)

    def __iter__(self) -> Iterator[Lock]:
        return iter(self._locks.values())

    def lock(self, message: Message, session: LockedSession | None) -> Lock:
        """Lock a message; in a session it is the session's time that counts."""
        message.state = LOCKED
        if session is not None:
            lock = Lock(message, session.locked_until, session)
        else:
            seconds = self._seconds()
            lock = Lock(message, time.time() + seconds)
            lock.expiry = asyncio.get_running_loop().call_later(seconds, self._time_is_up, lock)
        self._locks[lock.token] = lock
        return lock

    def held(self, token: uuid.UUID) -> Lock:
        """The lock with this token; raises Refusal when it is lost."""
        lock = self._locks.get(token)
        if lock is None or (lock.session.locked_until if lock.session else lock.until) <= time.time():
            raise self._lost()
        return lock

    def renew(self, token: uuid.UUID) -> float:
        """Hold a lock for another full time; returns until when. Raises Refusal when it is lost."""
        lock = self.held(token)
        if lock.expiry:
            lock.expiry.cancel()
        seconds = self._seconds()
        lock.until = time.time() + seconds
        lock.expiry = asyncio.get_running_loop().call_later(seconds, self._time_is_up, lock)
        return lock.until

    def take(self, token: uuid.UUID) -> Message:
        """End a lock; returns its message. Raises Refusal when it is lost."""
        lock = self.held(token)
        if lock.expiry:
            lock.expiry.cancel()
        return self._locks.pop(token).message

    def take_all_of(self, session: LockedSession) -> list[Message]:
        """End the locks in a session; returns their messages."""
        ended = [lock for lock in self._locks.values() if lock.session is session]
        for lock in ended:
            del self._locks[lock.token]
        return [lock.message for lock in ended]

    def expire_all(self) -> int:
        """Let the time of every lock be up now; returns how many there were. A session keeps its own time."""
        held = [lock for lock in self._locks.values() if lock.expiry]
        for lock in held:
            if lock.expiry:
                lock.expiry.cancel()
            self._time_is_up(lock)
        return len(held)

    def close(self) -> None:
        """The entity was deleted."""
        for lock in self._locks.values():
            if lock.expiry:
                lock.expiry.cancel()
        self._locks.clear()

    def _time_is_up(self, lock: Lock) -> None:
        del self._locks[lock.token]
        self._expired(lock.message)
