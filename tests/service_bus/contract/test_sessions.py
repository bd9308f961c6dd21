"""Message sessions, as the unmodified SDK sees them."""

import datetime

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage, ServiceBusReceiver, ServiceBusSubQueue
from azure.servicebus.exceptions import OperationTimeoutError, ServiceBusError, SessionCannotBeLockedError, SessionLockLostError

from tests.service_bus.bus import Handlers
from tests.service_bus.contract.target import Target
from tests.service_bus.contract.test_messages import receive

QUEUE = "contract-sessions"
QUICK = {"prefetch_count": 1, "keep_alive": 0}


def in_session(session_id: str, *bodies: str) -> list[ServiceBusMessage]:
    return [ServiceBusMessage(body, session_id=session_id) for body in bodies]


def session_receiver(handlers: Handlers, session_id: str, **options: object) -> ServiceBusReceiver:
    return handlers.receiver(QUEUE, session_id=session_id, **options)


def test_the_messages_of_one_session_come_in_order_and_no_others(handlers: Handlers, unique: str) -> None:
    [sender] = handlers.open(handlers.sender(QUEUE))
    sender.send_messages(in_session(f"{unique}-a", "a1", "a2") + in_session(f"{unique}-b", "b1") + in_session(f"{unique}-a", "a3"))
    a, b = handlers.open(session_receiver(handlers, f"{unique}-a"), session_receiver(handlers, f"{unique}-b"))
    received = receive(a, 3) + receive(b, 1)
    assert [str(message) for message in received] == ["a1", "a2", "a3", "b1"]
    assert received[0].session_id == f"{unique}-a"
    for message in received:
        (a if message.session_id == f"{unique}-a" else b).complete_message(message)


def test_a_session_is_for_one_receiver_at_a_time(handlers: Handlers, unique: str) -> None:
    [first] = handlers.open(session_receiver(handlers, unique))
    with pytest.raises(SessionCannotBeLockedError):
        handlers.open(session_receiver(handlers, unique, **QUICK))
    assert first.session.session_id == unique


def test_a_message_without_a_session_is_refused_and_so_is_a_receiver_without_one(handlers: Handlers) -> None:
    [sender] = handlers.open(handlers.sender(QUEUE))
    with pytest.raises(ServiceBusError):
        sender.send_messages(ServiceBusMessage("to nobody"))
    with pytest.raises(ServiceBusError, match="sessions"):
        handlers.open(handlers.receiver(QUEUE, **QUICK))


def test_a_state_stays_with_the_session(handlers: Handlers, unique: str) -> None:
    first, sender = handlers.open(session_receiver(handlers, unique, **QUICK), handlers.sender(QUEUE))
    assert first.session.get_state() is None
    first.session.set_state(b"half done")
    first.close()
    [second] = handlers.open(session_receiver(handlers, unique))
    assert bytes(second.session.get_state()) == b"half done"
    second.session.set_state(None)
    assert second.session.get_state() is None
    sender.send_messages(in_session(unique, "x"))
    second.complete_message(receive(second, 1)[0])


def test_a_session_lock_is_renewed_and_lost(handlers: Handlers, unique: str, target: Target) -> None:
    sender, receiver = handlers.open(handlers.sender(QUEUE), session_receiver(handlers, unique))
    sender.send_messages(in_session(unique, "slow"))
    [late] = receive(receiver, 1)
    before = receiver.session.locked_until_utc
    assert receiver.session.renew_lock() > before
    assert receiver.receive_messages(1, max_wait_time=target.short_lock * 0.3) == []
    # nobody renews it: another receiver gets it, as soon as it is free
    [other] = handlers.open(handlers.receiver(QUEUE, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=30))
    assert other.session.session_id == unique
    [again] = receive(other, 1)
    with pytest.raises(SessionLockLostError):
        receiver.complete_message(late)
    other.complete_message(again)


def test_whoever_wants_any_session_waits_for_one_with_messages(handlers: Handlers, unique: str) -> None:
    [sender] = handlers.open(handlers.sender(QUEUE))
    sender.send_messages(in_session(unique, "here"))
    [receiver] = handlers.open(handlers.receiver(QUEUE, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=5))
    assert receiver.session.session_id == unique
    receiver.complete_message(receive(receiver, 1)[0])


@pytest.mark.ours_only("others may have sessions with messages in this queue")
def test_waiting_for_any_session_ends_in_time(handlers: Handlers) -> None:
    started = datetime.datetime.now(datetime.UTC)
    with pytest.raises((OperationTimeoutError, ServiceBusError)):
        handlers.open(handlers.receiver(QUEUE, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=1, **QUICK))
    assert datetime.datetime.now(datetime.UTC) - started < datetime.timedelta(seconds=5)


def test_deferring_peeking_and_dead_lettering_work_within_a_session(handlers: Handlers, unique: str) -> None:
    sender, receiver, dead_letters = handlers.open(
        handlers.sender(QUEUE), session_receiver(handlers, unique), handlers.receiver(QUEUE, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    )
    sender.send_messages(in_session(unique, "later", "poison"))
    assert [str(message) for message in receiver.peek_messages(5)] == ["later", "poison"]
    later, poison = receive(receiver, 2)
    receiver.defer_message(later)
    receiver.dead_letter_message(poison, reason="Poison")
    [deferred] = receiver.receive_deferred_messages(later.sequence_number)
    receiver.complete_message(deferred)
    [dead] = receive(dead_letters, 1)
    assert (str(dead), dead.session_id, dead.dead_letter_reason) == ("poison", unique, "Poison")
    dead_letters.complete_message(dead)
