"""Time to live, duplicates, forwarding, topics and filters, as the unmodified SDK sees them."""

import datetime
from typing import Any

from azure.servicebus import ServiceBusMessage, ServiceBusReceiver, ServiceBusSubQueue

from tests.service_bus.bus import Handlers
from tests.service_bus.contract.test_messages import receive

TOPIC = "contract-topic"
SHORT = datetime.timedelta(seconds=1)


def message(body: str, unique: str, **options: Any) -> ServiceBusMessage:
    return ServiceBusMessage(body, correlation_id=unique, **options)


def bodies_for(receiver: ServiceBusReceiver, unique: str) -> list[str]:
    """What the receiver gets until the message `end`, and completes; what other tests have left is passed over."""
    found: list[str] = []
    while True:
        [received] = receive(receiver, 1)
        receiver.complete_message(received)
        if received.correlation_id == unique:
            if str(received) == "end":
                return found
            found.append(str(received))


def test_an_expired_message_is_gone(handlers: Handlers, queue: str) -> None:
    sender, receiver, dead_letters = handlers.open(
        handlers.sender(queue), handlers.receiver(queue), handlers.receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    )
    sender.send_messages(ServiceBusMessage("old", time_to_live=SHORT))
    [waiting] = receiver.peek_messages()
    assert str(waiting) == "old"
    assert dead_letters.receive_messages(1, max_wait_time=1.2) == []
    assert receiver.peek_messages() == []


def test_an_expired_message_goes_to_the_dead_letters_where_that_is_wanted(handlers: Handlers, unique: str) -> None:
    queue = "contract-dead-letters-expired"
    sender, dead_letters, receiver = handlers.open(
        handlers.sender(queue), handlers.receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER), handlers.receiver(queue)
    )
    sender.send_messages(ServiceBusMessage(unique, time_to_live=SHORT))
    [dead] = receive(dead_letters, 1)
    assert (str(dead), dead.dead_letter_reason, dead.dead_letter_source) == (unique, "TTLExpiredException", None)
    dead_letters.complete_message(dead)
    assert receiver.peek_messages() == []


def test_a_duplicate_is_accepted_and_dropped(handlers: Handlers, unique: str) -> None:
    sender, receiver = handlers.pair("contract-duplicates")
    for message_id, body in (("1", "first"), ("1", "again"), ("2", "second"), ("end", "end"), ("end", "end")):
        sender.send_messages(ServiceBusMessage(body, message_id=f"{unique}-{message_id}", correlation_id=unique))
    assert bodies_for(receiver, unique) == ["first", "second"]


def test_messages_are_forwarded(handlers: Handlers, unique: str) -> None:
    sender, receiver = handlers.open(handlers.sender("contract-forwards"), handlers.receiver("contract-target"))
    for body in ("a", "b", "end"):
        sender.send_messages(ServiceBusMessage(body, correlation_id=unique))
    assert bodies_for(receiver, unique) == ["a", "b"]


def test_dead_letters_are_forwarded(handlers: Handlers, unique: str) -> None:
    queue = "contract-forwards-dead-letters"
    sender, receiver, target = handlers.open(
        handlers.sender(queue), handlers.receiver(queue), handlers.receiver("contract-dead-letter-target")
    )
    sender.send_messages([ServiceBusMessage("poison", correlation_id=unique), ServiceBusMessage("end", correlation_id=unique)])
    for received in receive(receiver, 2):
        receiver.dead_letter_message(received, reason="Poison")
    assert bodies_for(target, unique) == ["poison"]


def test_each_subscription_gets_its_own_copy(handlers: Handlers, unique: str) -> None:
    sender, everything, matching = handlers.open(
        handlers.client.get_topic_sender(TOPIC, keep_alive=0),
        handlers.subscriber(TOPIC, "everything"),
        handlers.subscriber(TOPIC, "correlated"),
    )
    for body, subject, properties in (
        ("both", "weights", {"priority": "high"}),
        ("wrong subject", "scores", {"priority": "high"}),
        ("no property", "weights", {}),
        ("end", "weights", {"priority": "high"}),
    ):
        sender.send_messages(message(body, unique, subject=subject, application_properties=properties))
    assert bodies_for(everything, unique) == ["both", "wrong subject", "no property"]
    assert bodies_for(matching, unique) == ["both"]


def test_sql_filters_look_at_user_properties(handlers: Handlers, unique: str) -> None:
    sender, receiver = handlers.open(handlers.client.get_topic_sender(TOPIC, keep_alive=0), handlers.subscriber(TOPIC, "user-properties"))
    sent: dict[str, dict[str, object]] = {
        "large image": {"rows": 101, "kind": "image"},
        "small image": {"rows": 100, "kind": "image"},
        "large table": {"rows": 1000, "kind": "table"},
        "of a hospital": {"owner": "hospital-7"},
        "of an office": {"owner": "office-7"},
        "without anything": {},
        "end": {"owner": "hospital-end"},
    }
    sender.send_messages([message(body, unique, application_properties=found) for body, found in sent.items()])
    assert bodies_for(receiver, unique) == ["large image", "of a hospital"]


def test_sql_filters_look_at_system_properties(handlers: Handlers, unique: str) -> None:
    sender, receiver = handlers.open(handlers.client.get_topic_sender(TOPIC, keep_alive=0), handlers.subscriber(TOPIC, "system-properties"))
    for body, subject, content_type in (
        ("fits", "scores", "application/json"),
        ("other subject", "weights", "application/json"),
        ("other type", "scores", "text/plain"),
        ("end", "scores", "application/json"),
    ):
        sender.send_messages(ServiceBusMessage(body, subject=subject, content_type=content_type, correlation_id=unique))
    assert bodies_for(receiver, unique) == ["fits"]


def test_a_subscription_can_have_sessions_and_dead_letters(handlers: Handlers, unique: str) -> None:
    sender, receiver, dead_letters = handlers.open(
        handlers.client.get_topic_sender(TOPIC, keep_alive=0),
        handlers.subscriber(TOPIC, "in-sessions", session_id=unique),
        handlers.subscriber(TOPIC, "in-sessions", sub_queue=ServiceBusSubQueue.DEAD_LETTER),
    )
    sender.send_messages(ServiceBusMessage("poison", session_id=unique, correlation_id=unique))
    receiver.dead_letter_message(receive(receiver, 1)[0], reason="Poison")
    while (dead := receive(dead_letters, 1)[0]).session_id != unique:
        dead_letters.complete_message(dead)
    assert (str(dead), dead.dead_letter_reason) == ("poison", "Poison")
    dead_letters.complete_message(dead)


def test_a_message_to_a_topic_can_be_scheduled_and_cancelled(handlers: Handlers, unique: str) -> None:
    sender, receiver = handlers.open(handlers.client.get_topic_sender(TOPIC, keep_alive=0), handlers.subscriber(TOPIC, "everything"))
    due = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=0.5)
    messages = [ServiceBusMessage(body, correlation_id=unique) for body in ("cancelled", "kept", "end")]
    numbers = sender.schedule_messages(messages, due)
    sender.cancel_scheduled_messages(numbers[0])
    assert bodies_for(receiver, unique) == ["kept"]
    assert datetime.datetime.now(datetime.UTC) >= due
