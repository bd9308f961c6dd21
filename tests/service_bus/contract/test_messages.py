"""What the unmodified SDK gets from the bus: messages in, messages out."""

import datetime

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiveMode, ServiceBusReceiver, ServiceBusSubQueue
from azure.servicebus.exceptions import MessageSizeExceededError

from tests.service_bus.bus import Handlers

WAIT = 5


def receive(receiver: ServiceBusReceiver, count: int) -> list[ServiceBusReceivedMessage]:
    received: list[ServiceBusReceivedMessage] = []
    while len(received) < count and (more := receiver.receive_messages(count - len(received), max_wait_time=WAIT)):
        received += more
    assert len(received) == count
    return received


def test_a_message_arrives_as_it_was_sent(handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    sent_at = datetime.datetime.now(datetime.UTC)
    sender.send_messages(
        ServiceBusMessage(
            b"\x00body\xff",
            message_id="message-1",
            subject="weights",
            content_type="application/json",
            correlation_id="correlation-1",
            reply_to="answers",
            to="somebody",
            time_to_live=datetime.timedelta(hours=1),
            application_properties={"cycle": 3, "name": "añb", "ready": True, "loss": 0.25},
        )
    )
    [message] = receive(receiver, 1)
    assert b"".join(message.body) == b"\x00body\xff"
    assert (message.message_id, message.subject, message.content_type) == ("message-1", "weights", "application/json")
    assert (message.correlation_id, message.reply_to, message.to) == ("correlation-1", "answers", "somebody")
    assert message.time_to_live == datetime.timedelta(hours=1)
    assert message.application_properties == {b"cycle": 3, b"name": "añb".encode(), b"ready": True, b"loss": 0.25}
    assert message.delivery_count == 0
    assert message.enqueued_time_utc is not None
    assert abs(message.enqueued_time_utc - sent_at) < datetime.timedelta(seconds=5)
    assert message.locked_until_utc is not None
    assert message.locked_until_utc - message.enqueued_time_utc >= datetime.timedelta(seconds=29)
    receiver.complete_message(message)


def test_a_batch_arrives_in_order_and_the_credit_bounds_what_is_handed_out(handlers: Handlers, queue: str) -> None:
    sender, receiver, other = handlers.open(handlers.sender(queue), handlers.receiver(queue, prefetch_count=20), handlers.receiver(queue))
    batch = sender.create_message_batch()
    for number in range(60):
        batch.add_message(ServiceBusMessage(f"{number}"))
    sender.send_messages(batch)
    first = receive(receiver, 1)
    # what the first receiver has prefetched is not for the other one
    [skipped_ahead] = receive(other, 1)
    assert int(str(skipped_ahead)) >= 21
    other.abandon_message(skipped_ahead)
    received = first + receive(receiver, 59)
    assert {int(str(message)) for message in received} == set(range(60))
    assert [int(str(message)) for message in received[:21]] == list(range(21))
    for message in received:
        receiver.complete_message(message)
    assert receiver.peek_messages() == []


def test_a_message_of_many_frames_arrives_and_a_too_large_one_is_refused(handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    large = bytes(range(256)) * 3600
    sender.send_messages(ServiceBusMessage(large))
    [message] = receive(receiver, 1)
    assert b"".join(message.body) == large
    receiver.complete_message(message)
    with pytest.raises(MessageSizeExceededError):
        sender.send_messages(ServiceBusMessage(b"x" * (1 << 20)))
    sender.send_messages(ServiceBusMessage("still there"))
    assert str(receive(receiver, 1)[0]) == "still there"


def test_receive_and_delete_leaves_nothing_behind(handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue, receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE)
    sender.send_messages([ServiceBusMessage("a"), ServiceBusMessage("b")])
    assert [str(message) for message in receive(receiver, 2)] == ["a", "b"]
    assert receiver.peek_messages() == []


def test_peek_shows_messages_without_taking_them(handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    sender.send_messages([ServiceBusMessage(f"{number}") for number in range(4)])
    first, second = receiver.peek_messages(2)
    assert second.sequence_number is not None
    assert [str(first), str(second)] == ["0", "1"]
    # the SDK remembers how far it looked
    assert [str(message) for message in receiver.peek_messages(5)] == ["2", "3"]
    assert [str(message) for message in receiver.peek_messages(2, sequence_number=second.sequence_number)] == ["1", "2"]
    assert [message.delivery_count for message in receive(receiver, 4)] == [0, 0, 0, 0]


def test_a_scheduled_message_comes_when_it_is_due_and_a_cancelled_one_never(handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    due = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=0.3)
    numbers = sender.schedule_messages([ServiceBusMessage("cancelled"), ServiceBusMessage("kept")], due)
    sender.cancel_scheduled_messages(numbers[0])
    [waiting] = receiver.peek_messages(5)
    assert (str(waiting), waiting.state.name) == ("kept", "SCHEDULED")
    [message] = receive(receiver, 1)
    assert str(message) == "kept"
    assert datetime.datetime.now(datetime.UTC) >= due
    receiver.complete_message(message)


def test_a_deferred_message_is_received_by_its_number(handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    sender.send_messages([ServiceBusMessage("later"), ServiceBusMessage("now")])
    later, now = receive(receiver, 2)
    receiver.defer_message(later)
    receiver.complete_message(now)
    assert later.sequence_number is not None
    [deferred] = receiver.receive_deferred_messages(later.sequence_number)
    assert str(deferred) == "later"
    receiver.complete_message(deferred)
    assert receiver.peek_messages() == []


def test_a_dead_letter_says_why_and_where_it_came_from(handlers: Handlers, queue: str) -> None:
    sender, receiver, dead_letters = handlers.open(
        handlers.sender(queue), handlers.receiver(queue), handlers.receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    )
    sender.send_messages(ServiceBusMessage("poison", application_properties={"kept": "yes"}))
    receiver.dead_letter_message(receive(receiver, 1)[0], reason="PoisonMessage", error_description="it is not JSON")
    [dead] = receive(dead_letters, 1)
    assert str(dead) == "poison"
    assert (dead.dead_letter_reason, dead.dead_letter_error_description) == ("PoisonMessage", "it is not JSON")
    assert dead.dead_letter_source is None
    assert dead.application_properties is not None
    assert dead.application_properties[b"kept"] == b"yes"
    dead_letters.complete_message(dead)
    assert receiver.peek_messages() == dead_letters.peek_messages() == []


def test_an_abandoned_message_comes_again_until_it_was_tried_too_often(handlers: Handlers, queue: str) -> None:
    sender, receiver, dead_letters = handlers.open(
        handlers.sender(queue), handlers.receiver(queue), handlers.receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    )
    sender.send_messages(ServiceBusMessage("again"))
    for tried_before in range(3):
        [message] = receive(receiver, 1)
        assert message.delivery_count == tried_before
        receiver.abandon_message(message)
    [dead] = receive(dead_letters, 1)
    assert dead.dead_letter_reason == "MaxDeliveryCountExceeded"
    assert receiver.peek_messages() == []
