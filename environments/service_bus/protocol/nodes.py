"""The nodes of the bus: which of them a link leads to, and who may attach one.

Source: OASIS AMQP 1.0, part 2, and what azure-servicebus 7.15 insists on.
"""

import time
import uuid

from ..authorization import Grants, Right, path_of
from ..bus import Bus
from ..codec.composites import Attach, Source, Target
from ..codec.message import messages_of_transfer
from ..codec.types import Described, Symbol
from ..errors import not_allowed, not_implemented, right_required, server_busy, unauthorized
from ..queues.intake import check_sending
from ..queues.queue import DEAD_LETTERS, Queue, check_receiving
from .links import ConsumerLink, IncomingLink, LinkSession, OutgoingLink, SessionLink, TokenLink
from .management import ManagementNode, TokenNode

TOKENS, MANAGEMENT = "$cbs", "$management"
SESSION_FILTER = Symbol("com.microsoft:session-filter")
# seconds, if the client does not say how long it waits for a session
WAIT_FOR_SESSION = 60.0


class Nodes:
    """What the links of one session lead to."""

    def __init__(self, session: LinkSession, bus: Bus, grants: Grants) -> None:
        self._session = session
        self._bus = bus
        self._grants = grants
        self._replies: dict[str, OutgoingLink] = {}

    def link_to_consume(self, attach: Attach) -> OutgoingLink:
        path = _path(attach.source, Source)
        node = path.lower()
        if node == TOKENS or node.endswith(f"/{MANAGEMENT}"):
            if node != TOKENS:
                self._check_access(path)
            self._replies[node] = link = OutgoingLink(self._session, attach)
            return link
        self._check_access(path, Right.LISTEN)
        entity = self._bus.namespace.entity(path)
        if not isinstance(entity, Queue):
            raise not_allowed(f"Cannot receive from the topic '{path}': receive from one of its subscriptions.")
        if entity.options.forward_to and entity.dead_letters is not None:
            raise not_allowed(f"Cannot receive from '{path}', whose messages are forwarded.")
        check_receiving(entity)
        entity.accessed_at = time.time()
        return self._consumer(attach, entity)

    def _consumer(self, attach: Attach, queue: Queue) -> ConsumerLink:
        filters = (isinstance(attach.source, Source) and attach.source.filter) or {}
        if SESSION_FILTER not in filters:
            if queue.options.requires_session:
                words = "It is not possible for an entity that requires sessions to create a non-sessionful message receiver."
                raise not_allowed(words)
            return ConsumerLink(self._session, attach, queue)
        if not queue.options.requires_session:
            raise not_allowed("A sessionful message receiver can not be created on an entity that does not require sessions.")
        wanted = filters[SESSION_FILTER]
        session_id = wanted.value if isinstance(wanted, Described) else wanted
        wait = (attach.properties or {}).get("com.microsoft:timeout")
        seconds = wait / 1000 if isinstance(wait, int) and wait >= 0 else WAIT_FOR_SESSION
        return SessionLink(self._session, attach, queue, None if session_id is None else str(session_id), seconds)

    def link_to_send(self, attach: Attach) -> IncomingLink:
        path = _path(attach.target, Target)
        node = path.lower()
        bus = self._bus
        if node == TOKENS:
            tokens = TokenNode(bus, self._grants)
            return TokenLink(self._session, attach, lambda encoded, _format: self._reply(node, tokens.answer(encoded)))
        if node.endswith(f"/{MANAGEMENT}"):
            self._check_access(path)
            management = ManagementNode(bus, bus.namespace.entity(path[: -len(MANAGEMENT) - 1]), self._check_access)
            return IncomingLink(self._session, attach, lambda encoded, _format: self._reply(node, management.answer(encoded)))
        if node.endswith(f"/{DEAD_LETTERS.lower()}"):
            raise not_allowed("Cannot send to a dead-letter queue.")
        self._check_access(path, Right.SEND)
        entity = bus.namespace.destination(path)
        check_sending(entity)

        def publish(encoded: bytes, message_format: int) -> None:
            if bus.faults.is_busy(entity.path):
                raise server_busy()
            entity.accept(messages_of_transfer(encoded, message_format))

        return IncomingLink(self._session, attach, publish, entity.path)

    def _check_access(self, path: str, right: Right | None = None) -> None:
        if not self._grants.allow(path):
            raise unauthorized(path)
        if right is not None and not self._grants.allow(path, right):
            raise right_required(right, path)

    def _reply(self, node: str, encoded: bytes) -> None:
        link = self._replies.get(node)
        if link is None or not link.is_open:
            raise not_allowed(f"There is no link to receive the replies of {node}.")
        link.deliver(encoded, uuid.uuid4().bytes, settled=True)


def _path(terminus: object, kind: type[Source] | type[Target]) -> str:
    if not isinstance(terminus, kind):
        raise not_implemented("a link without an address")
    return path_of(terminus.address or "")
