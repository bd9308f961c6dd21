"""A minimal AMQP client, so that the bus and not the SDK is what a measurement waits for."""

import base64
import hashlib
import hmac
import socket
import uuid
from urllib.parse import quote_plus

from environments.service_bus.codec.composites import Accepted, Attach, Begin, Composite, Disposition, Flow, Open, Source, Target, Transfer
from environments.service_bus.codec.frames import AMQP_HEADER, Frame, FrameReader, frame_bytes
from environments.service_bus.codec.message import APPLICATION_PROPERTIES, BATCH_FORMAT, DATA, PROPERTIES, VALUE, MessageHeader, section

TOKEN_REPLIES, TOKENS, SENDER, RECEIVER = range(4)
LARGE = 1 << 30


def _message(body: bytes) -> bytes:
    """As long as the SDK's: it sends a header, and a message id in all properties."""
    return MessageHeader().encoded() + section(PROPERTIES, [str(uuid.uuid4()), *[None] * 12]) + section(DATA, body)


class RawClient:
    """One connection with a sender and a receiver on one queue."""

    def __init__(self, host: str, port: int, key: str, queue: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=60)
        self._reader = FrameReader()
        self._frames: list[Frame] = []
        self._delivery = 1
        self._received = 0
        self._send(AMQP_HEADER)
        self._frame(Open("benchmark", host, 1 << 20), Begin(None, 0, LARGE, LARGE))
        self._put_token(host, key, queue)
        self._frame(
            Attach("sender", SENDER, False, target=Target(queue), source=Source("me")),
            Attach("receiver", RECEIVER, True, source=Source(queue), target=Target("me")),
        )
        self._wait_for(Attach, 2)

    def _put_token(self, host: str, key: str, queue: str) -> None:
        resource, expiry = quote_plus(f"sb://{host}/{queue}"), 1 << 34
        digest = base64.b64encode(hmac.new(key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256).digest())
        token = f"SharedAccessSignature sr={resource}&sig={quote_plus(digest)}&se={expiry}&skn=RootManageSharedAccessKey"
        request = section(PROPERTIES, ["1"]) + section(APPLICATION_PROPERTIES, {"operation": "put-token"}) + section(VALUE, token)
        self._frame(
            Attach("replies", TOKEN_REPLIES, True, source=Source("$cbs"), target=Target("me")),
            Attach("tokens", TOKENS, False, target=Target("$cbs"), source=Source("me")),
            Flow(0, LARGE, 0, LARGE, TOKEN_REPLIES, 0, 1),
        )
        self._send(frame_bytes(0, Transfer(TOKENS, 0, b"t", 0, True), request))
        self._wait_for(Transfer, 1)
        self._wait_for(Attach, 2)

    # ---- work ----

    def send_batches(self, body: bytes, count: int) -> None:
        """Send that many messages in batches of 100, and wait for each batch."""
        member = section(DATA, _message(body))
        while count:
            size = min(count, 100)
            self._transfer(member * size, BATCH_FORMAT)
            self._wait_for(Disposition, 1)
            count -= size

    def send_singles(self, body: bytes, count: int) -> None:
        """Send that many messages, and wait for each."""
        message = _message(body)
        for _ in range(count):
            self._transfer(message, 0)
            self._wait_for(Disposition, 1)

    def _transfer(self, payload: bytes, message_format: int) -> None:
        self._send(frame_bytes(0, Transfer(SENDER, self._delivery, b"t", message_format, False), payload))
        self._delivery += 1

    def receive_and_complete(self, count: int) -> None:
        """Receive that many messages one by one, and complete each."""
        for _ in range(count):
            self._frame(Flow(0, LARGE, 0, LARGE, RECEIVER, self._received, 1))
            [transfer] = self._wait_for(Transfer, 1)
            self._received += 1
            number = transfer.delivery_id or 0
            self._frame(Disposition(True, number, number, False, Accepted()))
            self._wait_for(Disposition, 1)

    def close(self) -> None:
        """End without a word."""
        self._socket.close()

    # ---- bytes ----

    def _frame(self, *performatives: Composite) -> None:
        self._send(b"".join(frame_bytes(0, performative) for performative in performatives))

    def _send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _wait_for(self, kind: type, count: int) -> list[Transfer]:
        found: list[Transfer] = []
        while True:
            rest = []
            for frame in self._frames:
                if len(found) < count and isinstance(frame.performative, kind):
                    found.append(frame.performative)  # type: ignore[arg-type]
                else:
                    rest.append(frame)
            # answers to something else, such as credit, are of no interest once they were passed over
            self._frames = [frame for frame in rest if not isinstance(frame.performative, Flow)]
            if len(found) == count:
                return found
            data = self._socket.recv(1 << 20)
            if not data:
                raise ConnectionError("the bus ended the connection")
            self._frames += [item for item in self._reader.feed(data) if isinstance(item, Frame)]
