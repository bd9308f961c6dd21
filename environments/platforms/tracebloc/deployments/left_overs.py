"""Removing what scenarios make on a deployment of tracebloc: accounts with all that hangs on them, databases, messages put aside.

Source: our choice (how the platform removes an account is not public).
"""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING

from pydantic import SecretStr

from environments.deployments.existing import Places
from environments.deployments.made import MadeThing
from environments.errors import NotNow, SubstrateError
from environments.platforms.tracebloc.messaging.bus_client import bus_client
from environments.platforms.tracebloc.messaging.messages import AVERAGING_QUEUE, FLOPS_QUEUE, RESULTS_QUEUE
from environments.platforms.tracebloc.services import AMQP, BUS_KEY, DATABASE_PASSWORD, connection_string
from environments.platforms.tracebloc.stores.databases import Databases
from environments.platforms.tracebloc.stores.mariadb import PORT as SQL
from environments.service_bus.administration.minting import CannotMint, dead_letters_in

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient

ACCOUNT, CONTENT, DATABASE, MESSAGES = "account", "content of account", "database", "messages about"
PREFIX = "e2e-test-"
PATIENCE_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 90.0
"""Longer than the backend keeps people out who were wrong about a password."""
QUEUES = (AVERAGING_QUEUE, FLOPS_QUEUE, RESULTS_QUEUE)
MOST_LOOKED_AT = 100


def remove(thing: MadeThing, places: Places, *, patiently: bool = False) -> None:
    """Remove it, if it is there; raises SubstrateError with the reason, NotNow when the backend wants to be asked again later.

    Args:
        thing: what is to be removed.
        places: of the deployment.
        patiently: wait and ask again when the backend says so.
    """
    if thing.kind in (ACCOUNT, CONTENT):
        _remove_account(thing, places, LONGEST_WAIT_SECONDS if patiently else None)
    elif thing.kind == DATABASE:
        Databases(places.address("mariadb", SQL), SecretStr(places.secret(DATABASE_PASSWORD))).drop(thing.name)
    elif thing.kind == MESSAGES and thing.name.startswith(PREFIX):
        remove_dead_letters(places, [thing.name])
    else:
        raise SubstrateError(f"tracebloc has no {thing.kind}")


def remove_dead_letters(places: Places, about: Collection[str]) -> None:
    """Remove messages that were put aside in the queues of all and name one of these.

    Raises SubstrateError where the key is refused, and NotNow where the Service Bus is away: a scenario beside may have seen to that.
    """
    from azure.servicebus.exceptions import ServiceBusAuthenticationError, ServiceBusAuthorizationError, ServiceBusError

    bus = connection_string(places.address("service_bus", AMQP), places.secret(BUS_KEY))
    queues = [queue for queue in QUEUES if _may_hold_some(bus, queue)]
    if not queues:
        return
    try:
        with (
            bus_client(bus, retry_total=1) as client,
            ThreadPoolExecutor(len(queues)) as pool,
        ):
            # beside each other: the SDK takes almost half a second to open a link
            list(pool.map(lambda queue: _remove_dead_letters(client, queue, about), queues))
    except (ServiceBusAuthenticationError, ServiceBusAuthorizationError) as error:
        raise SubstrateError(f"the Service Bus does not give them ({type(error).__name__})") from None
    except (ServiceBusError, OSError) as error:
        raise NotNow(f"the Service Bus does not give them now ({type(error).__name__})") from None


def _may_hold_some(bus: str, queue: str) -> bool:
    """Whether messages may have been put aside: to count them takes much less than to open a link."""
    try:
        return dead_letters_in(bus, queue) > 0
    except CannotMint:
        # whoever cannot count has to look
        return True


def _remove_dead_letters(client: "ServiceBusClient", queue: str, about: Collection[str]) -> None:
    from azure.servicebus import ServiceBusSubQueue

    def is_meant(message: object) -> bool:
        return any(name in f"{getattr(message, 'message_id', '')} {message}" for name in about)

    receiver = client.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    # who only looks holds nothing back from others
    if not any(map(is_meant, receiver.peek_messages(max_message_count=MOST_LOOKED_AT))):
        return
    for message in receiver.receive_messages(max_message_count=MOST_LOOKED_AT, max_wait_time=1):
        if is_meant(message):
            receiver.complete_message(message)
        else:
            receiver.abandon_message(message)


def _remove_account(thing: MadeThing, places: Places, longest_wait: float | None) -> None:
    # imported here: a command that has nothing to remove needs no HTTP client
    import httpx

    from environments.network.direct_http import direct_client

    keep = thing.kind == CONTENT
    if not keep and PREFIX not in thing.name:
        raise SubstrateError("no scenario made it")
    url = places.address("backend").url
    try:
        with direct_client(url, timeout=PATIENCE_SECONDS, longest_wait=longest_wait) as http:
            answer = http.post("/account/removal/", data={"username": thing.name, "password": thing.secret, "keep_account": str(keep)})
    except httpx.HTTPError as error:
        raise SubstrateError(f"the backend at {url} does not answer ({type(error).__name__})") from None
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise NotNow(f"the backend at {url} wants to be asked later (HTTP 429)")
    # whoever never signed up, or was removed already, has no account
    if answer.status_code not in (HTTPStatus.NO_CONTENT, HTTPStatus.BAD_REQUEST):
        raise SubstrateError(f"the backend at {url} refuses to remove it (HTTP {answer.status_code})")
