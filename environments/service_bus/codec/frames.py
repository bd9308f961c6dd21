"""AMQP frames: a stream of bytes cut into protocol headers and frames, and frames put into bytes.

Source: OASIS AMQP 1.0, part 2.3 (framing).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from ..errors import MalformedPeer
from . import types
from .composites import Composite, composite_of
from .types import Described

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"

AMQP_FRAME, SASL_FRAME = 0, 1
# a frame without a body only says that the peer is alive
EMPTY_FRAME = b"\x00\x00\x00\x08\x02\x00\x00\x00"

# bytes; as much as the SDK offers
MAX_FRAME_SIZE = 1 << 20

_prefix = Struct(">IBBH")


@dataclass(slots=True)
class Header:
    """A protocol header: which protocol the peer speaks from here on."""

    protocol: bytes


@dataclass(slots=True)
class Frame:
    """One frame; the payload is what follows the performative (of a transfer: the message)."""

    kind: int
    channel: int
    performative: Composite
    payload: bytes = b""


def frame_bytes(channel: int, performative: Composite, payload: bytes = b"", kind: int = AMQP_FRAME) -> bytes:
    """The bytes of one frame."""
    body = performative.encoded()
    return _prefix.pack(8 + len(body) + len(payload), 2, kind, channel) + body + payload


class FrameReader:
    """Cuts the bytes of one connection, as they come, into headers and frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Header | Frame]:
        """The headers and frames that are complete with `data`; raises MalformedPeer."""
        self._buffer += data
        while len(self._buffer) >= 8:
            if self._buffer.startswith(b"AMQP"):
                yield Header(self._take(8))
                continue
            size, data_offset, kind, channel = _prefix.unpack_from(self._buffer)
            if not 8 <= size <= MAX_FRAME_SIZE or not 8 <= data_offset * 4 <= size:
                raise MalformedPeer(f"a frame of {size} bytes, its body at byte {data_offset * 4}")
            if len(self._buffer) < size:
                return
            raw = self._take(size)
            if size > data_offset * 4:
                yield _frame(kind, channel, raw, data_offset * 4)

    def _take(self, size: int) -> bytes:
        raw = bytes(self._buffer[:size])
        del self._buffer[:size]
        return raw


def _frame(kind: int, channel: int, raw: bytes, start: int) -> Frame:
    described, end = types.decode(raw, start)
    performative = composite_of(described) if type(described) is Described else None
    if not isinstance(performative, Composite):
        raise MalformedPeer("a frame without a known performative")
    return Frame(kind, channel, performative, raw[end:])
