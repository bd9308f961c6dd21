"""Who is let in, and to what."""

import base64
import hashlib
import hmac
import time
from urllib.parse import quote_plus

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import (
    ServiceBusAuthenticationError,
    ServiceBusConnectionError,
    ServiceBusError,
)

from environments.service_bus.administration.minting import CannotMint, mint_access_key, remove_queue
from environments.service_bus.authorization import Grant, Grants, InvalidToken, Right, SharedAccessKey, Token
from tests.service_bus.bus import KEY, KEY_NAME, BusProcess


def signature(resource: str, expiry: int, key: str = KEY, key_name: str = KEY_NAME) -> str:
    quoted = quote_plus(resource)
    digest = hmac.new(key.encode(), f"{quoted}\n{expiry}".encode(), hashlib.sha256).digest()
    return f"SharedAccessSignature sr={quoted}&sig={quote_plus(base64.b64encode(digest))}&se={expiry}&skn={key_name}"


def test_nobody_sends_to_a_dead_letter_queue(bus: BusProcess) -> None:
    with (
        bus.client("tcp") as client,
        pytest.raises(ServiceBusError, match="dead-letter"),
        client.get_queue_sender("results/$DeadLetterQueue", keep_alive=0),
    ):
        pass


def test_declared_queues_are_there_in_any_case(bus: BusProcess) -> None:
    with bus.client("tcp") as client, client.get_queue_sender("Results", keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("x"))


def test_a_wrong_key_is_refused_and_never_logged(bus: BusProcess, transport: str, queue: str) -> None:
    before = len(bus.lines())
    wrong = "d3Jvbmcga2V5IG9mIHNvbWVib2R5"
    client = bus.client(transport, bus.connection_string(key=wrong))
    # behind a custom endpoint the SDK calls the same thing a connection error
    with pytest.raises((ServiceBusAuthenticationError, ServiceBusConnectionError)), client.get_queue_sender(queue, keep_alive=0):
        pass
    bus.wait_for_line("refused a token: InvalidSignature", after=before)
    logged = "".join(bus.lines())
    assert "SharedAccessSignature" not in logged
    assert KEY not in logged
    assert wrong not in logged


def test_a_token_for_another_queue_is_refused(bus: BusProcess) -> None:
    token = signature(f"sb://127.0.0.1:{bus.port}/test-another", int(time.time()) + 60)
    connection_string = f"Endpoint=sb://127.0.0.1:{bus.port};SharedAccessSignature={token};UseDevelopmentEmulator=true"
    client = bus.client("tcp", connection_string)
    with pytest.raises(ServiceBusError, match="no valid token"), client.get_queue_sender("test-mine", keep_alive=0):
        pass


def test_a_token_of_somebody_is_checked() -> None:
    key = SharedAccessKey(KEY_NAME, KEY)
    soon = int(time.time()) + 60
    assert key.check(signature("amqps://host:5671/results", soon)) == Grant("results", soon)
    for token in (
        "Bearer x",
        "SharedAccessSignature ",
        signature("sb://host/results", soon, key_name="Other"),
        signature("sb://host/results", soon, key="b3RoZXI="),
        # the SDK does not even put such a token
        signature("sb://host/results", int(time.time()) - 1),
        signature("sb://host/results", soon).replace("results", "flops"),
        signature("sb://host/results", soon).replace(f"se={soon}", f"se={soon + 1}"),
    ):
        with pytest.raises(InvalidToken):
            key.check(token)
    assert KEY not in repr(key)


def test_a_grant_covers_what_is_below_its_path_until_it_ends() -> None:
    grants = Grants()
    grants.add(Grant("results", time.time() + 60))
    grants.add(Grant("old", time.time() - 1))
    allowed = {
        path for path in ("results", "Results/$management", "results/$DeadLetterQueue", "results2", "flops", "old") if grants.allow(path)
    }
    assert allowed == {"results", "Results/$management", "results/$DeadLetterQueue"}
    grants.add(Grant("", time.time() + 60))
    assert grants.allow("flops")


def test_a_grant_gives_the_rights_of_its_key_only() -> None:
    soon = int(time.time()) + 60
    key = SharedAccessKey("edge", KEY, "c2Vjb25kYXJ5", frozenset({Right.LISTEN}))
    for signed_with in (KEY, "c2Vjb25kYXJ5"):
        grants = Grants()
        grants.add(Token(signature("sb://host/q", soon, signed_with, "edge")).granted_by((key,)))
        assert grants.allow("q", Right.LISTEN)
        assert not grants.allow("q", Right.SEND)
        assert not grants.allow("other", Right.LISTEN)
    assert "c2Vjb25kYXJ5" not in repr(key)


def test_a_minted_key_opens_its_queue_as_far_as_it_should(bus: BusProcess, transport: str, queue: str) -> None:
    with bus.client(transport) as whole, whole.get_queue_sender(queue, keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("for the edge"))
    minted = mint_access_key(bus.connection_string(), queue, "edge", [Right.LISTEN])
    assert KEY not in minted
    assert mint_access_key(bus.connection_string(), queue, "edge", [Right.LISTEN]) == minted
    with bus.client(transport, minted) as edge:
        with edge.get_queue_receiver(queue, prefetch_count=1, keep_alive=0) as receiver:
            [message] = receiver.receive_messages(1, max_wait_time=5)
            receiver.complete_message(message)
            assert str(message) == "for the edge"
        with pytest.raises(ServiceBusError, match="Send"), edge.get_queue_sender(queue, keep_alive=0):
            pass
    elsewhere = minted.replace(f";EntityPath={queue}", "")
    for other in ("results", "test-not-mine"):
        with (
            bus.client(transport, elsewhere) as edge,
            pytest.raises((ServiceBusAuthenticationError, ServiceBusConnectionError)),
            edge.get_queue_receiver(other, prefetch_count=1, keep_alive=0),
        ):
            pass
    # nor does it make keys
    with pytest.raises(CannotMint, match="InvalidSignature"):
        mint_access_key(minted, queue, "another", [Right.SEND])


def test_a_minted_queue_can_send_its_messages_on_and_be_removed_with_its_key(bus: BusProcess, transport: str, queue: str) -> None:
    mine = f"{queue}-mine"
    minted = mint_access_key(bus.connection_string(), mine, "edge", [Right.SEND], forward_to=queue)
    with bus.client(transport, minted) as edge, edge.get_queue_sender(mine, keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("for all"))
    with bus.client(transport) as whole, whole.get_queue_receiver(queue, prefetch_count=1, keep_alive=0) as receiver:
        assert [str(message) for message in receiver.receive_messages(1, max_wait_time=5)] == ["for all"]
    remove_queue(bus.connection_string(), mine)
    remove_queue(bus.connection_string(), mine)
    with bus.client(transport, minted) as edge, pytest.raises(ServiceBusError), edge.get_queue_sender(mine, keep_alive=0):
        pass


def test_what_keeps_a_key_from_being_made_is_said(bus: BusProcess, queue: str) -> None:
    mint_access_key(bus.connection_string(), queue, "sender", [Right.SEND])
    with pytest.raises(CannotMint, match="400.*Manage"):
        mint_access_key(bus.connection_string(), queue, "manager", [Right.MANAGE])
    with pytest.raises(CannotMint, match="does not answer"):
        mint_access_key(bus.connection_string().replace(str(bus.port), "9"), queue, "edge", [Right.LISTEN])
    sending = mint_access_key(bus.connection_string(), queue, "sender", [Right.SEND])
    with bus.client("tcp", sending) as client, client.get_queue_sender(queue, keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("still there"))
