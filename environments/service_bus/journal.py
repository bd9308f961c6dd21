"""The journal: what has to survive the process, as a file that is only ever added to.

A record is what one read of one peer's bytes has changed: its length, a checksum of that, a checksum of what follows,
and the changes, each an AMQP list. So a batch, a move to the dead letters or a fan-out is there as a whole or not at all.
A record that is cut short at the very end was being written when the process was killed: nobody knows of it, so it is
taken off. Anything else that does not fit is corruption.

Source: our choice.
"""

import logging
import os
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from .codec import types
from .codec.message import Message
from .codec.types import Value
from .entities.catalogue import describe_everything, make_again, remove_again
from .entities.namespace import Namespace
from .errors import MalformedPeer

log = logging.getLogger(__name__)

_head = struct.Struct(">III")
LARGEST_RECORD = 64 << 20

ENTERED, CHANGED, LEFT, SESSION_STATE, SEEN, NUMBER, MADE, REMOVED = range(8)

# the file is written anew when it is this large (bytes) and mostly holds what is gone
WORTH_COMPACTING = 64 << 20


class CorruptJournal(Exception):
    """The journal cannot be trusted; says where it is wrong."""

    def __init__(self, path: Path, position: int, why: str) -> None:
        super().__init__(f"the journal {path} is corrupt at byte {position}: {why}. Nothing was changed in it.")
        self.position = position


class Journal:
    """The file, open for adding."""

    def __init__(self, path: Path, namespace: Namespace) -> None:
        self._path = path
        self._namespace = namespace
        self._changes: list[bytes] = []
        self._file = -1
        self._size = 0
        self._size_when_compacted = 0

    # ---- what happens ----

    def entered(self, path: str, message: Message) -> None:
        """A message is kept."""
        self._add([ENTERED, path, *_fields(message)])

    def changed(self, path: str, message: Message) -> None:
        """A message that is kept was tried once more, or deferred."""
        self._add([CHANGED, path, message.sequence_number, message.delivery_count, message.deferred])

    def left(self, path: str, number: int) -> None:
        """A message is not kept any more."""
        self._add([LEFT, path, number])

    def session_state(self, path: str, session_id: str, state: bytes | None) -> None:
        """A message session has another state."""
        self._add([SESSION_STATE, path, session_id, state])

    def seen(self, path: str, message_id: Value, when: float) -> None:
        """A message id counts as known."""
        self._add([SEEN, path, message_id, when])

    def made(self, kind: str, path: str, description: str) -> None:
        """An entity was made or changed by the administration client, or on demand."""
        self._add([MADE, path, kind, description])

    def removed(self, path: str) -> None:
        """An entity was removed by the administration client."""
        self._add([REMOVED, path])

    def _add(self, change: list[Value]) -> None:
        self._changes.append(types.encode(change))

    # ---- writing ----

    def flush(self) -> None:
        """Write what has happened as one record. A killed process loses nothing of it; a machine without power may."""
        if not self._changes:
            return
        record = _record(self._changes)
        self._changes.clear()
        _write_all(self._file, record)
        self._size += len(record)
        if self._size > WORTH_COMPACTING and self._size > 4 * self._size_when_compacted:
            self.compact()

    def compact(self) -> None:
        """Rewrite the journal with only what the bus holds now."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        target = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        size = 0
        for changes in _in_parts(self._everything()):
            record = _record(changes)
            _write_all(target, record)
            size += len(record)
        os.fsync(target)
        fresh.replace(self._path)
        if self._file >= 0:
            os.close(self._file)
        self._file = target
        self._size = self._size_when_compacted = size

    def _everything(self) -> Iterator[list[Value]]:
        yield from ([MADE, path, kind, text] for kind, path, text in describe_everything(self._namespace))
        for entity in self._namespace.every_entity():
            yield [NUMBER, entity.path, entity.last_sequence_number]
            yield from ([SEEN, entity.path, message_id, when] for when, message_id in entity.history)
            yield from ([ENTERED, entity.path, *_fields(message)] for message in entity.every_message())
            yield from ([SESSION_STATE, entity.path, name, state] for name, state in entity.session_states())

    def close(self) -> None:
        """Write what is left and close the file."""
        self.flush()
        os.close(self._file)

    # ---- reading ----

    def open(self) -> None:
        """Bring back what the file holds, and keep it from here on; raises CorruptJournal, OSError."""
        started = time.monotonic()
        changes = 0
        replay = _Replay(self._namespace)
        for record in self._records():
            for change in record:
                replay.apply(change)
                changes += 1
        restored = replay.finish()
        self.compact()
        log.info("journal %s: %d changes read in %.1f s, %d messages are back", self._path, changes, time.monotonic() - started, restored)

    def _records(self) -> Iterator[list[list[Value]]]:
        if not self._path.exists():
            return
        size, position = self._path.stat().st_size, 0
        with self._path.open("rb") as file:
            while position < size:
                head = file.read(_head.size)
                if len(head) < _head.size:
                    break
                length, length_checksum, checksum = _head.unpack(head)
                if zlib.crc32(head[:4]) != length_checksum or length > LARGEST_RECORD:
                    raise CorruptJournal(self._path, position, "this is not the head of a record")
                payload = file.read(length)
                if len(payload) < length:
                    break
                if zlib.crc32(payload) != checksum:
                    raise CorruptJournal(self._path, position, "the checksum of the record is wrong")
                yield self._changes_of(payload, position)
                position += _head.size + length
        if position < size:
            log.warning("journal %s: the last record, at byte %d, was cut short and is taken off", self._path, position)

    def _changes_of(self, payload: bytes, position: int) -> list[list[Value]]:
        found, place = [], 0
        try:
            while place < len(payload):
                change, place = types.decode(payload, place)
                found.append(change)
        except MalformedPeer as error:
            raise CorruptJournal(self._path, position, str(error)) from error
        return found


class _Replay:
    """The changes of a journal, applied one after the other; messages go to their entities at the end, in order."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._messages: dict[tuple[str, int], Message] = {}
        self._numbers: dict[str, int] = {}
        self._states: dict[tuple[str, str], bytes | None] = {}
        self._seen: dict[tuple[str, Value], float] = {}

    def apply(self, change: list[Value]) -> None:
        """One change."""
        kind, path, *rest = change
        if kind == ENTERED:
            message = _message(rest)
            self._messages[path, message.sequence_number] = message
            self._numbers[path] = max(self._numbers.get(path, 0), message.sequence_number)
        elif kind == CHANGED and (kept := self._messages.get((path, rest[0]))):
            kept.delivery_count, kept.deferred = rest[1], rest[2]
        elif kind == LEFT:
            self._messages.pop((path, rest[0]), None)
        elif kind == NUMBER:
            self._numbers[path] = max(self._numbers.get(path, 0), rest[0])
        elif kind == SESSION_STATE:
            self._states[path, rest[0]] = rest[1]
        elif kind == SEEN:
            self._seen[path, rest[0]] = rest[1]
        else:
            self._apply_to_entities(kind, path, rest)

    def _apply_to_entities(self, kind: int, path: str, rest: list[Value]) -> None:
        if kind == MADE:
            make_again(self._namespace, path, rest[0], rest[1])
        elif kind == REMOVED:
            remove_again(self._namespace, path)
            below = f"{path}/".lower()
            self._messages = {key: kept for key, kept in self._messages.items() if not _is_below(key[0], below)}
            self._numbers = {known: number for known, number in self._numbers.items() if not _is_below(known, below)}
            self._states = {key: kept for key, kept in self._states.items() if not _is_below(key[0], below)}
            self._seen = {key: kept for key, kept in self._seen.items() if not _is_below(key[0], below)}

    def finish(self) -> int:
        """Give the entities what is theirs; returns how many messages there are."""
        for path, number in self._numbers.items():
            entity = self._namespace.entity_to_restore(path)
            entity.last_sequence_number = max(entity.last_sequence_number, number)
        for (path, message_id), when in sorted(self._seen.items(), key=lambda item: item[1]):
            self._namespace.entity_to_restore(path).history.remember(message_id, when)
        for (path, _), message in sorted(self._messages.items(), key=lambda item: item[0][1]):
            self._namespace.entity_to_restore(path).restore(message)
        for (path, session_id), state in self._states.items():
            self._namespace.entity_to_restore(path).set_session_state(session_id, state)
        return len(self._messages)


def _is_below(path: str, prefix: str) -> bool:
    return f"{path}/".lower().startswith(prefix)


def _fields(message: Message) -> list[Value]:
    m = message
    kept = [m.sequence_number, m.enqueued_at, m.state, m.deferred, m.delivery_count, m.hops, m.ttl, m.expires_at]
    return [*kept, m.durable, m.priority, m.annotations, m.bare]


def _message(fields: list[Value]) -> Message:
    number, enqueued_at, state, deferred, delivery_count, hops, ttl, expires_at, durable, priority, annotations, bare = fields
    message = Message(bare, annotations, durable, priority, ttl, int(number), enqueued_at, expires_at, int(state))
    message.deferred, message.delivery_count, message.hops = deferred, int(delivery_count), int(hops)
    return message


def _record(changes: list[bytes]) -> bytes:
    payload = b"".join(changes)
    length = len(payload).to_bytes(4)
    return length + zlib.crc32(length).to_bytes(4) + zlib.crc32(payload).to_bytes(4) + payload


def _in_parts(changes: Iterator[list[Value]]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for change in changes:
        part.append(types.encode(change))
        size += len(part[-1])
        if size > 1 << 20:
            yield part
            part, size = [], 0
    if part:
        yield part


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
