"""What the settings of an entity do, and which of them it cannot have, as the unmodified SDK sees it."""

import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.servicebus import ServiceBusMessage, ServiceBusReceiver, ServiceBusSubQueue
from azure.servicebus.exceptions import MessagingEntityDisabledError, ServiceBusError
from azure.servicebus.management import (
    AccessRights,
    CorrelationRuleFilter,
    ServiceBusAdministrationClient,
    SqlRuleFilter,
    TrueRuleFilter,
)

from support.waiting import eventually
from tests.service_bus.bus import Handlers
from tests.service_bus.contract.target import Target
from tests.service_bus.contract.test_entities import bodies_for
from tests.service_bus.contract.test_messages import receive

pytestmark = pytest.mark.not_on_emulator("its administration API has another port and no TLS")

Admin = ServiceBusAdministrationClient
Rights = list[str | AccessRights]
QUICK = {"prefetch_count": 1, "keep_alive": 0}
SECOND, MINUTE = datetime.timedelta(seconds=1), datetime.timedelta(minutes=1)


def set_status(administration: Admin, queue: str, status: str) -> None:
    found = administration.get_queue(queue)
    found.status = status
    administration.update_queue(found)
    assert administration.get_queue(queue).status == status


# ---- status ----


@pytest.mark.parametrize(
    ("status", "sends", "receives"), [("SendDisabled", False, True), ("ReceiveDisabled", True, False), ("Disabled", False, False)]
)
def test_a_disabled_queue_refuses_what_its_status_says_and_keeps_its_messages(
    administration: Admin, handlers: Handlers, made: str, status: str, sends: bool, receives: bool
) -> None:
    administration.create_queue(made)
    sender, receiver = handlers.pair(made, prefetch_count=1)
    sender.send_messages(ServiceBusMessage("before"))
    set_status(administration, made, status)
    actions: list[tuple[bool, Callable[[], object]]] = [
        (sends, lambda: handlers.open(handlers.sender(made))[0].send_messages(ServiceBusMessage("new"))),
        (receives, lambda: handlers.open(handlers.receiver(made, **QUICK))[0].peek_messages()),
    ]
    for allowed, act in actions:
        if allowed:
            act()
        else:
            with pytest.raises(MessagingEntityDisabledError):
                act()
    if not sends:
        with pytest.raises(MessagingEntityDisabledError):
            sender.send_messages(ServiceBusMessage("on an open link"))
    if not receives:
        with pytest.raises(ServiceBusError):
            receive(receiver, 1)
    set_status(administration, made, "Active")
    [again] = handlers.open(handlers.receiver(made))
    bodies = {str(message) for message in again.peek_messages(10)}
    assert bodies == {"before"} | ({"new"} if sends else set())


def test_a_topic_and_a_subscription_can_be_disabled(administration: Admin, handlers: Handlers, made: str) -> None:
    administration.create_topic(made)
    administration.create_subscription(made, "one")
    one = administration.get_subscription(made, "one")
    one.status = "ReceiveDisabled"
    administration.update_subscription(made, one)
    [sender] = handlers.open(handlers.client.get_topic_sender(made, keep_alive=0))
    sender.send_messages(ServiceBusMessage("kept"))
    with pytest.raises(MessagingEntityDisabledError):
        handlers.open(handlers.subscriber(made, "one", **QUICK))
    with pytest.raises(HttpResponseError, match="disabled"):
        administration.create_rule(made, "one", "another", filter=TrueRuleFilter())
    one.status = "Active"
    administration.update_subscription(made, one)
    topic = administration.get_topic(made)
    topic.status = "Disabled"
    administration.update_topic(topic)
    with pytest.raises(MessagingEntityDisabledError):
        sender.send_messages(ServiceBusMessage("refused"))
    with pytest.raises(MessagingEntityDisabledError):
        handlers.open(handlers.subscriber(made, "one", **QUICK))
    topic.status = "Active"
    administration.update_topic(topic)
    [receiver] = handlers.open(handlers.subscriber(made, "one"))
    assert [str(message) for message in receiver.peek_messages(5)] == ["kept"]


@pytest.mark.parametrize("status", ["Deleting", "Asleep"])
def test_a_status_that_nobody_can_set_is_refused(administration: Admin, made: str, status: str) -> None:
    administration.create_queue(made)
    found = administration.get_queue(made)
    found.status = status
    with pytest.raises(HttpResponseError, match="Status"):
        administration.update_queue(found)


# ---- transfer ----


@pytest.mark.parametrize("away", ["SendDisabled", "deleted"])
def test_what_cannot_be_forwarded_becomes_a_transfer_dead_letter(administration: Admin, handlers: Handlers, made: str, away: str) -> None:
    target = f"{made}-target"
    administration.create_queue(target)
    administration.create_queue(made, forward_to=target)
    [sender] = handlers.open(handlers.sender(made))
    if away == "deleted":
        administration.delete_queue(target)
    else:
        set_status(administration, target, away)
    sender.send_messages(ServiceBusMessage("lost its way"))
    [transfer] = handlers.open(handlers.receiver(made, sub_queue=ServiceBusSubQueue.TRANSFER_DEAD_LETTER))
    counted = administration.get_queue_runtime_properties(made)
    assert (counted.transfer_dead_letter_message_count, counted.dead_letter_message_count, counted.active_message_count) == (1, 0, 0)
    [dead] = receive(transfer, 1)
    assert str(dead) == "lost its way"
    assert dead.dead_letter_reason
    transfer.complete_message(dead)
    assert administration.get_queue_runtime_properties(made).transfer_dead_letter_message_count == 0


def test_a_subscription_has_transfer_dead_letters(administration: Admin, handlers: Handlers, made: str) -> None:
    administration.create_queue(f"{made}-target")
    administration.create_topic(made)
    administration.create_subscription(made, "one", forward_to=f"{made}-target")
    administration.delete_queue(f"{made}-target")
    sender, transfer = handlers.open(
        handlers.client.get_topic_sender(made, keep_alive=0),
        handlers.subscriber(made, "one", sub_queue=ServiceBusSubQueue.TRANSFER_DEAD_LETTER),
    )
    sender.send_messages(ServiceBusMessage("lost its way"))
    assert str(receive(transfer, 1)[0]) == "lost its way"
    assert administration.get_subscription_runtime_properties(made, "one").transfer_dead_letter_message_count == 1


def test_what_waited_in_a_disabled_queue_is_forwarded_when_it_is_active(administration: Admin, handlers: Handlers, made: str) -> None:
    target = f"{made}-target"
    administration.create_queue(target)
    administration.create_queue(made, forward_to=target)
    set_status(administration, made, "ReceiveDisabled")
    sender, receiver = handlers.open(handlers.sender(made), handlers.receiver(target))
    sender.send_messages(ServiceBusMessage("patient"))
    assert administration.get_queue_runtime_properties(made).active_message_count == 1
    set_status(administration, made, "Active")
    assert str(receive(receiver, 1)[0]) == "patient"


def test_only_a_dead_letter_that_was_forwarded_says_where_it_comes_from(administration: Admin, handlers: Handlers, made: str) -> None:
    target = f"{made}-target"
    administration.create_queue(target)
    administration.create_queue(made, forward_dead_lettered_messages_to=target)
    sender, receiver, dead = handlers.open(handlers.sender(made), handlers.receiver(made), handlers.receiver(target))
    sender.send_messages(ServiceBusMessage("poison"))
    receiver.dead_letter_message(receive(receiver, 1)[0], reason="Poison")
    [found] = receive(dead, 1)
    assert (found.dead_letter_source, found.dead_letter_reason) == (made, "Poison")


# ---- time to live, dead letters ----


def test_the_default_time_to_live_is_that_of_each_message_and_its_limit(administration: Admin, handlers: Handlers, made: str) -> None:
    administration.create_queue(made, default_message_time_to_live=MINUTE)
    sender, receiver = handlers.pair(made)
    given = (None, MINUTE / 2, 10 * MINUTE)
    sender.send_messages([ServiceBusMessage("x", time_to_live=time_to_live) for time_to_live in given])
    found = receive(receiver, 3)
    assert [message.time_to_live for message in found] == [MINUTE, MINUTE / 2, MINUTE]
    for message in found:
        assert message.expires_at_utc is not None
        assert message.enqueued_time_utc is not None
        assert abs(message.expires_at_utc - message.enqueued_time_utc - (message.time_to_live or MINUTE)) < SECOND


def test_the_default_time_to_live_of_a_topic_counts_too(administration: Admin, handlers: Handlers, made: str) -> None:
    administration.create_topic(made, default_message_time_to_live=MINUTE)
    administration.create_subscription(made, "one", default_message_time_to_live=2 * MINUTE)
    sender, receiver = handlers.open(handlers.client.get_topic_sender(made, keep_alive=0), handlers.subscriber(made, "one"))
    sender.send_messages(ServiceBusMessage("x"))
    assert receive(receiver, 1)[0].time_to_live == MINUTE


def test_a_dead_letter_is_not_dead_lettered_again(handlers: Handlers, queue: str) -> None:
    sender, receiver, dead_letters = handlers.open(
        handlers.sender(queue), handlers.receiver(queue), handlers.receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    )
    sender.send_messages(ServiceBusMessage("poison"))
    receiver.dead_letter_message(receive(receiver, 1)[0], reason="First")
    [dead] = receive(dead_letters, 1)
    with pytest.raises(ServiceBusError, match="dead letter"):
        dead_letters.dead_letter_message(dead, reason="Second")
    [again] = dead_letters.peek_messages(sequence_number=dead.sequence_number or 0)
    assert (str(again), again.dead_letter_reason) == ("poison", "First")


# ---- counts ----


def settle_some(receiver: ServiceBusReceiver) -> None:
    """Of four messages one is locked, one deferred, one a dead letter."""
    _, deferred, dead = receive(receiver, 3)
    receiver.defer_message(deferred)
    receiver.dead_letter_message(dead)


def test_messages_are_counted_by_what_they_wait_for(administration: Admin, handlers: Handlers, made: str) -> None:
    administration.create_queue(made)
    sender, receiver = handlers.pair(made)
    sender.send_messages([ServiceBusMessage("x" * 500) for _ in range(4)])
    sender.schedule_messages(ServiceBusMessage("later"), datetime.datetime.now(datetime.UTC) + MINUTE)
    settle_some(receiver)
    counted = administration.get_queue_runtime_properties(made)
    assert (counted.active_message_count, counted.dead_letter_message_count, counted.scheduled_message_count) == (3, 1, 1)
    assert (counted.transfer_message_count, counted.transfer_dead_letter_message_count, counted.total_message_count) == (0, 0, 5)
    assert counted.size_in_bytes is not None
    assert counted.size_in_bytes > 4 * 500
    assert counted.created_at_utc is not None
    assert counted.accessed_at_utc is not None
    assert counted.accessed_at_utc > counted.created_at_utc


def test_messages_of_a_subscription_are_counted(administration: Admin, handlers: Handlers, made: str) -> None:
    administration.create_topic(made)
    administration.create_subscription(made, "one")
    sender, receiver = handlers.open(handlers.client.get_topic_sender(made, keep_alive=0), handlers.subscriber(made, "one"))
    sender.send_messages([ServiceBusMessage("x") for _ in range(4)])
    sender.schedule_messages(ServiceBusMessage("later"), datetime.datetime.now(datetime.UTC) + MINUTE)
    settle_some(receiver)
    counted = administration.get_subscription_runtime_properties(made, "one")
    assert (counted.active_message_count, counted.dead_letter_message_count, counted.total_message_count) == (3, 1, 4)
    topic = administration.get_topic_runtime_properties(made)
    assert (topic.scheduled_message_count, topic.subscription_count) == (1, 1)


# ---- idle ----


def test_an_idle_queue_is_gone_and_one_in_use_is_not(administration: Admin, handlers: Handlers, target: Target, made: str) -> None:
    if not target.is_ours:
        pytest.skip("the real service wants five minutes")
    administration.create_queue(made, auto_delete_on_idle=SECOND)
    administration.create_queue(f"{made}-in-use", auto_delete_on_idle=SECOND)
    assert administration.get_queue(made).auto_delete_on_idle == SECOND
    [_receiver] = handlers.open(handlers.receiver(f"{made}-in-use", **QUICK))
    started = time.monotonic()
    eventually("the idle queue to be gone", lambda: made in {queue.name for queue in administration.list_queues()}, lambda there: not there)
    assert time.monotonic() - started > 0.2
    assert administration.get_queue(f"{made}-in-use").name == f"{made}-in-use"
    with pytest.raises(ResourceNotFoundError):
        administration.get_queue(made)


# ---- filters with dates ----


def test_filters_compare_dates_and_durations(administration: Admin, handlers: Handlers, made: str, unique: str) -> None:
    noon = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
    administration.create_topic(made)
    conditions: dict[str, SqlRuleFilter | CorrelationRuleFilter] = {
        "sql": SqlRuleFilter("due >= @noon AND sys.EnqueuedTimeUtc > @noon", parameters={"@noon": noon}),
        "correlation": CorrelationRuleFilter(properties={"due": noon}),
        "never": SqlRuleFilter("due > @long", parameters={"@long": MINUTE}),
    }
    for name, condition in conditions.items():
        administration.create_subscription(made, name)
        administration.create_rule(made, name, "dates", filter=condition)
        administration.delete_rule(made, name, "$Default")
    shown = administration.get_rule(made, "sql", "dates").filter
    assert isinstance(shown, SqlRuleFilter)
    assert shown.parameters == {"@noon": noon}
    sender, sql, correlation, never = handlers.open(
        handlers.client.get_topic_sender(made, keep_alive=0), *(handlers.subscriber(made, name) for name in conditions)
    )
    for hour, body in ((11, "before"), (12, "at noon"), (13, "after"), (12, "end")):
        # the SDK takes it, and does not say so in its types
        properties: Any = {"due": noon.replace(hour=hour)}
        sender.send_messages(ServiceBusMessage(body, correlation_id=unique, application_properties=properties))
    assert bodies_for(sql, unique) == ["at noon", "after"]
    assert bodies_for(correlation, unique) == ["at noon"]
    assert never.peek_messages() == []


# ---- what an entity cannot be ----


@pytest.mark.parametrize("setting", ["requires_session", "requires_duplicate_detection"])
def test_what_only_counts_at_creation_cannot_change_later(administration: Admin, made: str, setting: str) -> None:
    administration.create_queue(made)
    found = administration.get_queue(made)
    setattr(found, setting, True)
    with pytest.raises(HttpResponseError, match="cannot be changed"):
        administration.update_queue(found)
    assert not getattr(administration.get_queue(made), setting)


def test_what_is_not_forwarded_any_more_stays(administration: Admin, handlers: Handlers, made: str) -> None:
    administration.create_queue(f"{made}-target")
    administration.create_queue(made, forward_to=f"{made}-target")
    found = administration.get_queue(made)
    found.forward_to = None
    administration.update_queue(found)
    sender, receiver = handlers.pair(made)
    sender.send_messages(ServiceBusMessage("stays"))
    assert str(receive(receiver, 1)[0]) == "stays"


NONSENSE = {
    "lock of more than five minutes": {"lock_duration": datetime.timedelta(minutes=5, seconds=1)},
    "no lock": {"lock_duration": datetime.timedelta(0)},
    "no time to live": {"default_message_time_to_live": datetime.timedelta(0)},
    "a window of eight days": {"requires_duplicate_detection": True, "duplicate_detection_history_time_window": datetime.timedelta(days=8)},
    "a window of a second": {"requires_duplicate_detection": True, "duplicate_detection_history_time_window": SECOND},
    "no deliveries": {"max_delivery_count": 0},
    "too many deliveries": {"max_delivery_count": 2001},
    "no size": {"max_size_in_megabytes": 0},
    "a size between": {"max_size_in_megabytes": 1500},
    "too large": {"max_size_in_megabytes": 6144},
    "idle too soon": {"auto_delete_on_idle": datetime.timedelta(milliseconds=100)},
    "words without end": {"user_metadata": "x" * 1025},
    "forward to nothing": {"forward_to": "settings-nowhere"},
    "dead letters to nothing": {"forward_dead_lettered_messages_to": "settings-nowhere"},
    "sessions that are forwarded": {"forward_to": "contract-target", "requires_session": True},
    "partitions": {"enable_partitioning": True},
    "messages of another size": {"max_message_size_in_kilobytes": 102400},
}


@pytest.mark.parametrize("settings", NONSENSE.values(), ids=NONSENSE.keys())
def test_a_setting_out_of_its_limits_is_refused(administration: Admin, target: Target, made: str, settings: dict[str, object]) -> None:
    if not target.is_ours and "enable_partitioning" in settings:
        pytest.skip("the real service has partitions")
    with pytest.raises(HttpResponseError) as refused:
        administration.create_queue(made, **settings)  # type: ignore[arg-type]
    assert refused.value.status_code == 400
    with pytest.raises(ResourceNotFoundError):
        administration.get_queue(made)


@pytest.mark.parametrize("setting", ["forward_to", "forward_dead_lettered_messages_to"])
def test_nothing_is_forwarded_to_itself(administration: Admin, made: str, setting: str) -> None:
    administration.create_queue(made)
    found = administration.get_queue(made)
    setattr(found, setting, made)
    with pytest.raises(HttpResponseError, match="itself"):
        administration.update_queue(found)


@pytest.mark.parametrize("name", ["a?b", "a#b", "a*b", "a@b", "a b", "-a", "a//b", "ü", "x" * 261])
def test_a_name_that_cannot_be_is_refused(administration: Admin, name: str) -> None:
    for create in (administration.create_queue, administration.create_topic):
        with pytest.raises(HttpResponseError):
            create(name)
    with pytest.raises(HttpResponseError):
        administration.create_subscription("contract-topic", name)
    assert name not in {queue.name for queue in administration.list_queues()}


def test_a_question_mark_leads_to_no_other_queue(handlers: Handlers) -> None:
    for name in ("contract-plain?x=1", "contract-plain#x"):
        with pytest.raises(ServiceBusError):
            handlers.open(handlers.sender(name))
