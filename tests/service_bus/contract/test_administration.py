"""The SDK's administration client; ours answers it over TLS, on the port of AMQP."""

import asyncio
import datetime

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio.management import ServiceBusAdministrationClient as AsyncAdministrationClient
from azure.servicebus.management import (
    CorrelationRuleFilter,
    FalseRuleFilter,
    ServiceBusAdministrationClient,
    SqlRuleFilter,
    TrueRuleFilter,
)

from tests.service_bus.contract.target import Target
from tests.service_bus.contract.test_messages import receive

pytestmark = pytest.mark.not_on_emulator("its administration API has another port and no TLS")

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def client(administration: ServiceBusAdministrationClient) -> ServiceBusAdministrationClient:
    return administration


def test_a_queue_is_made_shown_changed_and_deleted(client: ServiceBusAdministrationClient, unique: str) -> None:
    name = f"admin-{unique}"
    made = client.create_queue(
        name,
        lock_duration=MINUTE,
        max_delivery_count=7,
        requires_session=True,
        default_message_time_to_live=2 * MINUTE,
        user_metadata="ours",
    )
    assert (made.name, made.max_delivery_count, made.requires_session) == (name, 7, True)
    found = client.get_queue(name)
    assert (found.lock_duration, found.default_message_time_to_live, found.user_metadata) == (MINUTE, 2 * MINUTE, "ours")
    found.max_delivery_count = 8
    client.update_queue(found)
    assert client.get_queue(name).max_delivery_count == 8
    assert name in [queue.name for queue in client.list_queues()]
    with pytest.raises(ResourceExistsError):
        client.create_queue(name)
    client.delete_queue(name)
    with pytest.raises(ResourceNotFoundError):
        client.get_queue(name)
    with pytest.raises(ResourceNotFoundError):
        client.delete_queue(name)


def test_the_async_client_makes_lists_and_deletes_queues_too(target: Target, unique: str) -> None:
    name = f"admin-{unique}"

    async def scenario() -> None:
        options = {} if not target.is_ours else {"connection_verify": str(target.authority)}
        connection_string = target.client_options("wss")["conn_str"]
        async with AsyncAdministrationClient.from_connection_string(connection_string, retry_total=0, **options) as client:
            await client.create_queue(name, max_delivery_count=7)
            assert (await client.get_queue(name)).max_delivery_count == 7
            assert name in [queue.name async for queue in client.list_queues()]
            with pytest.raises(ResourceExistsError):
                await client.create_queue(name)
            await client.delete_queue(name)
            with pytest.raises(ResourceNotFoundError):
                await client.get_queue(name)

    asyncio.run(scenario())


def test_a_made_queue_works_and_its_messages_are_counted(client: ServiceBusAdministrationClient, target: Target, unique: str) -> None:
    name = f"admin-{unique}"
    client.create_queue(name)
    with target.client("wss") as bus, bus.get_queue_sender(name, keep_alive=0) as sender:
        sender.send_messages([ServiceBusMessage("a"), ServiceBusMessage("b")])
        sender.schedule_messages(ServiceBusMessage("c"), datetime.datetime.now(datetime.UTC) + MINUTE)
    counted = client.get_queue_runtime_properties(name)
    assert (counted.active_message_count, counted.scheduled_message_count, counted.dead_letter_message_count) == (2, 1, 0)
    client.delete_queue(name)


def test_topics_subscriptions_and_rules_are_made_listed_and_deleted(client: ServiceBusAdministrationClient, unique: str) -> None:
    topic = f"admin-{unique}"
    client.create_topic(topic, requires_duplicate_detection=True)
    assert client.get_topic(topic).requires_duplicate_detection
    assert topic in [found.name for found in client.list_topics()]
    client.create_subscription(topic, "one", max_delivery_count=3)
    client.create_subscription(topic, "two", requires_session=True)
    assert client.get_subscription(topic, "one").max_delivery_count == 3
    assert {found.name for found in client.list_subscriptions(topic)} == {"one", "two"}
    client.create_rule(topic, "one", "sql", filter=SqlRuleFilter("rows > @least AND kind = 'image'", parameters={"@least": 5}))
    client.create_rule(topic, "one", "correlation", filter=CorrelationRuleFilter(label="x", properties={"rows": 5, "name": "n"}))
    client.create_rule(topic, "one", "nothing", filter=FalseRuleFilter())
    rules = {rule.name: rule for rule in client.list_rules(topic, "one")}
    assert isinstance(rules["$Default"].filter, TrueRuleFilter)
    assert isinstance(rules["nothing"].filter, FalseRuleFilter)
    sql, correlation = rules["sql"].filter, rules["correlation"].filter
    assert isinstance(sql, SqlRuleFilter)
    assert isinstance(correlation, CorrelationRuleFilter)
    assert (sql.sql_expression, sql.parameters) == ("rows > @least AND kind = 'image'", {"@least": 5})
    assert (correlation.label, correlation.properties) == ("x", {"rows": 5, "name": "n"})
    client.delete_rule(topic, "one", "sql")
    with pytest.raises(ResourceNotFoundError):
        client.get_rule(topic, "one", "sql")
    client.delete_subscription(topic, "two")
    assert [found.name for found in client.list_subscriptions(topic)] == ["one"]
    client.delete_topic(topic)
    with pytest.raises(ResourceNotFoundError):
        client.get_topic(topic)


def test_a_made_rule_filters(client: ServiceBusAdministrationClient, target: Target, unique: str) -> None:
    topic = f"admin-{unique}"
    client.create_topic(topic)
    client.create_subscription(topic, "large")
    client.create_rule(topic, "large", "rows", filter=SqlRuleFilter("rows >= 10"))
    client.delete_rule(topic, "large", "$Default")
    with (
        target.client("wss") as bus,
        bus.get_topic_sender(topic, keep_alive=0) as sender,
        bus.get_subscription_receiver(topic, "large", prefetch_count=1, keep_alive=0) as receiver,
    ):
        sender.send_messages([ServiceBusMessage(f"{rows}", application_properties={"rows": rows}) for rows in (9, 10)])
        assert [str(message) for message in receive(receiver, 1)] == ["10"]
    client.delete_topic(topic)


def test_what_makes_no_sense_is_refused_with_words(client: ServiceBusAdministrationClient, unique: str) -> None:
    topic = f"admin-{unique}"
    client.create_topic(topic)
    client.create_subscription(topic, "one")
    with pytest.raises(HttpResponseError, match=r"expected|understood|[Ff]ilter"):
        client.create_rule(topic, "one", "broken", filter=SqlRuleFilter("rows >"))
    client.delete_topic(topic)


def test_a_long_list_comes_in_pages(client: ServiceBusAdministrationClient, target: Target, unique: str) -> None:
    topic = f"admin-{unique}"
    client.create_topic(topic)
    names = {f"s{number}" for number in range(5)}
    for name in names:
        client.create_subscription(topic, name)
    assert {found.name for found in client.list_subscriptions(topic, max_page_size=2)} == names
    client.delete_topic(topic)
