"""One AMQP connection and its sessions, without any input or output of their own: bytes come in, bytes go out.

Source: OASIS AMQP 1.0, part 2, and what azure-servicebus 7.15 insists on.
"""

import asyncio
import logging
from collections.abc import Callable

from ..authorization import Grants
from ..bus import Bus
from ..codec.composites import Begin, Close, Composite, End, Error, Open, SaslInit, SaslMechanisms, SaslOutcome
from ..codec.frames import AMQP_HEADER, EMPTY_FRAME, MAX_FRAME_SIZE, SASL_FRAME, SASL_HEADER, Frame, FrameReader, Header, frame_bytes
from ..codec.types import Array, Symbol
from ..errors import MalformedPeer
from .amqp_session import HIGHEST_HANDLE, LARGE_WINDOW, Session

log = logging.getLogger(__name__)

CONTAINER = "ringmaster-service-bus"
HIGHEST_CHANNEL = 255
SASL_MECHANISMS = ("ANONYMOUS", "MSSBCBS")

# seconds between signs of life, whatever the peer asks for
SHORTEST_BEAT = 0.5
# one connection of the SDK has three or four
MOST_LINKS = 1024
# bytes of answers that go out in one piece
MOST_COLLECTED = 256 * 1024
# bytes of messages whose last frame has not come yet
MOST_UNFINISHED = 16 << 20


class Connection:
    """The server's side of one connection."""

    def __init__(self, bus: Bus, write: Callable[[bytes], None], close: Callable[[], None]) -> None:
        self.bus = bus
        self.grants = Grants()
        self.max_frame_size = 512
        self.peer_is_python_sdk = False
        # whether the transport has room; see `room`
        self.takes_more = True
        self._links = 0
        self._unfinished = 0
        self._write_bytes = write
        self._close = close
        self._reader = FrameReader()
        self._sessions: dict[int, Session] = {}
        self._is_open = False
        self._is_closing = False
        self._collected: list[bytes] | None = None
        self._collected_size = 0
        self._postponed: list[Callable[[], None]] = []
        self._heartbeat: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether the peer has introduced itself."""
        return self._is_open

    # ---- bytes ----

    def receive(self, data: bytes) -> None:
        """Take in what the peer sent; raises MalformedPeer."""
        self._collected = []
        self._collected_size = 0
        try:
            for item in self._reader.feed(data):
                if self._is_closing:
                    return
                postponed, self._postponed = self._postponed, []
                if isinstance(item, Header):
                    self._on_header(item)
                else:
                    self._on_frame(item)
                for action in postponed:
                    action()
        finally:
            self._send_collected()
            self._collected = None

    def send(self, channel: int, performative: Composite, payload: bytes = b"") -> None:
        """Send one frame; what answers one read of the peer's bytes goes out in one piece."""
        self._send_bytes(frame_bytes(channel, performative, payload))

    def _send_bytes(self, data: bytes) -> None:
        if self._collected is None:
            self._write(data)
        else:
            self._collected.append(data)
            self._collected_size += len(data)
            # a peer that asks for a great deal at once must not have it made before it is known to read
            if self._collected_size > MOST_COLLECTED:
                self._send_collected()

    def _send_collected(self) -> None:
        if self._collected:
            self._write(b"".join(self._collected))
            self._collected.clear()
        self._collected_size = 0

    def _write(self, data: bytes) -> None:
        # nobody is told anything that a killed bus would not remember
        if self.bus.journal:
            self.bus.journal.flush()
        self._write_bytes(data)

    def room(self, takes_more: bool) -> None:
        """The transport is full, or has room again; while it is full nothing is delivered, so that nothing piles up."""
        self.takes_more = takes_more
        if takes_more:
            for session in list(self._sessions.values()):
                session.pump()

    # ---- limits ----

    def count_links(self, more: int) -> None:
        """So many links more, or less; raises MalformedPeer when there are too many."""
        self._links += more
        if self._links > MOST_LINKS:
            raise MalformedPeer(f"more than {MOST_LINKS} links")

    def keep_unfinished(self, more: int) -> None:
        """So many bytes of messages whose end has not come more, or less; raises MalformedPeer when there are too many."""
        self._unfinished += more
        if self._unfinished > MOST_UNFINISHED:
            raise MalformedPeer(f"more than {MOST_UNFINISHED} bytes of messages without their ends")

    def after_next_frame(self, action: Callable[[], None]) -> None:
        """Do something once the next frame of the peer is answered."""
        self._postponed.append(action)

    # ---- the end ----

    def lost(self) -> None:
        """The transport is gone."""
        self._is_closing = True
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        for session in self._sessions.values():
            session.ended()
        self._sessions.clear()

    def shut_down(self, condition: str, words: str) -> None:
        """End the connection with an error that tells the peer why."""
        if not self._is_closing:
            self.lost()
            if self._is_open:
                self._write(frame_bytes(0, Close(Error(condition, words, {}))))
            self._close()

    # ---- frames ----

    def _on_header(self, header: Header) -> None:
        if header.protocol == SASL_HEADER:
            mechanisms = Array(map(Symbol, SASL_MECHANISMS))
            self._send_bytes(SASL_HEADER + frame_bytes(0, SaslMechanisms(mechanisms), kind=SASL_FRAME))
        elif header.protocol == AMQP_HEADER:
            self._send_bytes(AMQP_HEADER)
        else:
            raise MalformedPeer("a protocol that is not AMQP 1.0")

    def _on_frame(self, frame: Frame) -> None:
        match frame.performative:
            case SaslInit() as init:
                known = init.mechanism in SASL_MECHANISMS
                self._send_bytes(frame_bytes(0, SaslOutcome(0 if known else 1), kind=SASL_FRAME))
            case Open() as opening:
                self._on_open(opening)
            case Begin() as begin if self._is_open:
                self._on_begin(frame.channel, begin)
            case End():
                self._on_end(frame.channel)
            case Close():
                self.lost()
                self.send(0, Close())
                # nothing goes out any more once the transport is closed
                self._send_collected()
                self._close()
            case performative if self._is_open:
                # the SDK ends a session and then still detaches its links
                if session := self._sessions.get(frame.channel):
                    session.on_frame(performative, frame.payload)
            case performative:
                raise MalformedPeer(f"{type(performative).__name__} on a connection that is not open")

    def _on_open(self, opening: Open) -> None:
        if self._is_open:
            raise MalformedPeer("a second Open")
        self._is_open = True
        self.max_frame_size = max(512, min(opening.max_frame_size, MAX_FRAME_SIZE))
        self.peer_is_python_sdk = str((opening.properties or {}).get("product", "")).startswith("azsdk-python")
        self.send(0, Open(CONTAINER, opening.hostname, MAX_FRAME_SIZE, HIGHEST_CHANNEL, properties={Symbol("product"): CONTAINER}))
        if opening.idle_time_out:
            self._beat(max(opening.idle_time_out / 2000, SHORTEST_BEAT))

    def _beat(self, seconds: float) -> None:
        self._send_bytes(EMPTY_FRAME)
        self._heartbeat = asyncio.get_running_loop().call_later(seconds, self._beat, seconds)

    def _on_begin(self, channel: int, begin: Begin) -> None:
        if channel in self._sessions or channel > HIGHEST_CHANNEL:
            raise MalformedPeer(f"Begin on channel {channel}")
        self._sessions[channel] = Session(self, channel, begin)
        self.send(channel, Begin(channel, 0, LARGE_WINDOW, LARGE_WINDOW, HIGHEST_HANDLE, properties={}))

    def _on_end(self, channel: int) -> None:
        if session := self._sessions.pop(channel, None):
            session.ended()
            self.send(channel, End())
