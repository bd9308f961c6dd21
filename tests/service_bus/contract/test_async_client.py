"""The SDK's async client."""

import asyncio
from collections.abc import Awaitable, Callable

from azure.servicebus import ServiceBusMessage, ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient

from tests.service_bus.contract.target import Target

WAIT = 5


def with_client(target: Target, transport: str, scenario: Callable[[ServiceBusClient], Awaitable[None]]) -> None:
    async def run() -> None:
        async with ServiceBusClient.from_connection_string(**target.client_options(transport)) as client:
            await scenario(client)

    asyncio.run(run())


def test_messages_are_sent_received_and_settled(target: Target, transport: str, queue: str) -> None:
    async def scenario(client: ServiceBusClient) -> None:
        async with (
            client.get_queue_sender(queue, keep_alive=0) as sender,
            client.get_queue_receiver(queue, prefetch_count=1, keep_alive=0) as receiver,
            client.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER, prefetch_count=1, keep_alive=0) as dead_letters,
        ):
            await sender.send_messages([ServiceBusMessage(body) for body in ("complete", "abandon", "poison")])
            for expected in ("complete", "abandon", "abandon", "poison"):
                [message] = await receiver.receive_messages(1, max_wait_time=WAIT)
                assert str(message) == expected
                if expected == "poison":
                    await receiver.dead_letter_message(message, reason="Poison")
                elif expected == "abandon" and message.delivery_count == 0:
                    await receiver.abandon_message(message)
                else:
                    await receiver.complete_message(message)
            [dead] = await dead_letters.receive_messages(1, max_wait_time=WAIT)
            assert (str(dead), dead.dead_letter_reason) == ("poison", "Poison")
            await dead_letters.complete_message(dead)
            assert await receiver.peek_messages() == []

    with_client(target, transport, scenario)


def test_sessions_have_a_state(target: Target, transport: str, unique: str) -> None:
    async def scenario(client: ServiceBusClient) -> None:
        async with (
            client.get_queue_sender("contract-sessions", keep_alive=0) as sender,
            client.get_queue_receiver("contract-sessions", session_id=unique, prefetch_count=1, keep_alive=0) as receiver,
        ):
            await sender.send_messages(ServiceBusMessage("x", session_id=unique))
            [message] = await receiver.receive_messages(1, max_wait_time=WAIT)
            await receiver.session.set_state(b"1")
            assert bytes(await receiver.session.get_state()) == b"1"
            await receiver.session.set_state(None)
            await receiver.complete_message(message)

    with_client(target, transport, scenario)
