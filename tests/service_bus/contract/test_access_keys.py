"""Keys of single queues and topics, which open them as far as their rights go and nothing else, as the unmodified SDK sees it."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.core.exceptions import HttpResponseError
from azure.servicebus import ServiceBusMessage, ServiceBusSubQueue
from azure.servicebus.exceptions import ServiceBusError
from azure.servicebus.management import AccessRights, AuthorizationRule, QueueProperties, ServiceBusAdministrationClient, TopicProperties

from tests.service_bus.bus import Handlers
from tests.service_bus.contract.target import Target

pytestmark = pytest.mark.not_on_emulator("its administration API has another port and no TLS")

Admin = ServiceBusAdministrationClient
Rights = list[str | AccessRights]
QUICK = {"prefetch_count": 1, "keep_alive": 0}
MINUTE = datetime.timedelta(minutes=1)

RIGHTS: dict[str, Rights] = {
    "listener": [AccessRights.LISTEN],
    "sender": [AccessRights.SEND],
    "both": [AccessRights.LISTEN, AccessRights.SEND],
}


def key_of(name: str, rights: Rights) -> AuthorizationRule:
    return AuthorizationRule(
        type="SharedAccessAuthorizationRule", claim_type="SharedAccessKey", claim_value="None", rights=rights, key_name=name
    )


def rules_of(entity: QueueProperties | TopicProperties) -> list[AuthorizationRule]:
    return list(entity.authorization_rules or ())


def connection_string(target: Target, transport: str, queue: str, rule: AuthorizationRule, key: str | None = None) -> str:
    whole = target.client_options(transport)["conn_str"]
    parts = [part for part in whole.split(";") if part and not part.startswith("SharedAccessKey")]
    return ";".join([*parts, f"SharedAccessKeyName={rule.key_name}", f"SharedAccessKey={key or rule.primary_key}", f"EntityPath={queue}"])


@pytest.mark.parametrize("name", RIGHTS)
def test_a_key_of_a_queue_does_what_its_rights_say_and_nothing_else(
    administration: Admin, target: Target, transport: str, background: ThreadPoolExecutor, made: str, name: str
) -> None:
    rules = [key_of(one, rights) for one, rights in RIGHTS.items()]
    administration.create_queue(made, authorization_rules=rules)
    [rule] = [found for found in rules_of(administration.get_queue(made)) if found.key_name == name]
    assert sorted(rule.rights or ()) == sorted(RIGHTS[name])
    opened = Handlers(lambda: target.client(transport, conn_str=connection_string(target, transport, made, rule)), background)

    def send() -> None:
        [sender] = opened.open(opened.sender(made))
        sender.send_messages(ServiceBusMessage("x"))
        sender.schedule_messages(ServiceBusMessage("y"), datetime.datetime.now(datetime.UTC) + MINUTE)

    def listen() -> None:
        [receiver] = opened.open(opened.receiver(made, **QUICK))
        receiver.peek_messages()
        assert opened.open(opened.receiver(made, sub_queue=ServiceBusSubQueue.DEAD_LETTER, **QUICK))

    for right, act in ((AccessRights.SEND, send), (AccessRights.LISTEN, listen)):
        if right in RIGHTS[name]:
            act()
        else:
            with pytest.raises(ServiceBusError, match=right.value):
                act()
    opened.close()


def test_a_key_of_a_queue_is_none_of_another(administration: Admin, target: Target, transport: str, made: str) -> None:
    administration.create_queue(made, authorization_rules=[key_of("both", RIGHTS["both"])])
    administration.create_queue(f"{made}-other")
    [rule] = rules_of(administration.get_queue(made))
    string = connection_string(target, transport, f"{made}-other", rule)
    with pytest.raises(ServiceBusError), target.client(transport, conn_str=string).get_queue_sender(f"{made}-other", keep_alive=0):
        pass


def test_a_secondary_key_opens_too_and_one_that_is_taken_away_does_not(
    administration: Admin, target: Target, transport: str, made: str
) -> None:
    administration.create_queue(made, authorization_rules=[key_of("sender", RIGHTS["sender"])])
    found = administration.get_queue(made)
    [rule] = rules_of(found)
    string = connection_string(target, transport, made, rule, rule.secondary_key)
    with target.client(transport, conn_str=string).get_queue_sender(made, keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("x"))
    found.authorization_rules = []
    administration.update_queue(found)
    with pytest.raises(ServiceBusError), target.client(transport, conn_str=string).get_queue_sender(made, keep_alive=0):
        pass


def test_a_key_of_a_topic_opens_its_subscriptions(
    administration: Admin, target: Target, transport: str, background: ThreadPoolExecutor, made: str
) -> None:
    administration.create_topic(made, authorization_rules=[key_of("listener", RIGHTS["listener"])])
    administration.create_subscription(made, "one")
    [rule] = rules_of(administration.get_topic(made))
    opened = Handlers(lambda: target.client(transport, conn_str=connection_string(target, transport, made, rule)), background)
    [receiver] = opened.open(opened.subscriber(made, "one", **QUICK))
    assert receiver.peek_messages() == []
    with pytest.raises(ServiceBusError, match="Send"):
        opened.open(opened.client.get_topic_sender(made, keep_alive=0))
    opened.close()


@pytest.mark.parametrize("rights", [[], [AccessRights.MANAGE], [AccessRights.MANAGE, AccessRights.SEND]])
def test_a_key_without_rights_or_that_only_manages_is_refused(administration: Admin, made: str, rights: Rights) -> None:
    with pytest.raises(HttpResponseError):
        administration.create_queue(made, authorization_rules=[key_of("odd", rights)])
