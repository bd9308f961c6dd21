"""Whether a deployment of tracebloc lets us in and what it takes from us, asked before any scenario runs and without changing anything.

Source: our choice; S3's error codes.
"""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib.util import find_spec

import httpx
from pydantic import SecretStr

from environments.deployments.existing import Deployment
from environments.deployments.given import GivenAccount
from environments.errors import SubstrateError
from environments.network.direct_http import direct_client
from environments.network.handshakes import shake_hands
from environments.network.in_the_way import PROXY_WANTS_A_PASSWORD, wants_a_password, why_not_asked
from environments.network.reaching import proxies_to, proxy_to_url
from environments.platforms.tracebloc.deployments.left_overs import PREFIX
from environments.platforms.tracebloc.messaging.messages import RESULTS_QUEUE
from environments.platforms.tracebloc.needs import STORE
from environments.platforms.tracebloc.services import (
    ACCESS_KEY,
    AMQP,
    BUCKET,
    BUS_KEY,
    DATABASE_PASSWORD,
    ENCRYPTED,
    STORE_KEY,
    connection_string,
)
from environments.platforms.tracebloc.stores.databases import Databases
from environments.platforms.tracebloc.stores.mariadb import PORT as SQL
from environments.service_bus.administration.minting import CannotMint, settings_of
from environments.services import Address
from environments.substrate import WRITING

PATIENCE_SECONDS = 10.0
NO_CHANGES = (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.LOCKED, HTTPStatus.SERVICE_UNAVAILABLE)
"""Answers to a change of a backend that is healthy and may only be read; one that takes changes finds fault with what is sent."""
ACCESS_DENIED = "AccessDenied"
"""Whoever is known has no right; a wrong key is told otherwise."""


def ask(deployment: Deployment) -> Mapping[str, str]:
    """Ask backend, accounts, Service Bus, object store and MariaDB whether they let us in; what may only be read, with the reasons.

    Raises SubstrateError with a sentence where they do not let us in. An object store that is kept from us altogether is no mistake.
    """
    url = deployment.address("backend").url
    lacks = _asked_backend(url)
    _accounts_open(url, deployment.given.accounts)
    _bus_opens(deployment.address("service_bus", AMQP), deployment.secret(BUS_KEY))
    if deployment.access.to_port("object_store") and deployment.access.to_secret(STORE_KEY):
        lacks |= _asked_store(deployment.address("object_store").url, deployment.secret(STORE_KEY))
    if deployment.access.to_port("mariadb", SQL) and deployment.access.to_secret(DATABASE_PASSWORD) and find_spec("mysql"):
        Databases(deployment.address("mariadb", SQL), SecretStr(deployment.secret(DATABASE_PASSWORD))).refuse_closed()
    return lacks


def _asked_backend(url: str) -> dict[str, str]:
    """Whether it takes changes: an account without address and password is made nowhere."""
    try:
        with direct_client(url, timeout=PATIENCE_SECONDS) as http:
            status = _stayed(url, http.get("/healthz"))
            to_a_change = _stayed(url, http.post("/register/", json={})) if status == HTTPStatus.OK else 0
    except httpx.HTTPError as error:
        raise SubstrateError(f"the backend at {url} cannot be asked: {why_not_asked(error, proxy_to_url(url))}") from None
    if status != HTTPStatus.OK:
        raise SubstrateError(f"the backend at {url} is not healthy (HTTP {status})")
    if to_a_change in NO_CHANGES:
        return {WRITING: f"the backend at {url} takes no changes (HTTP {to_a_change})"}
    if to_a_change == HTTPStatus.NOT_FOUND or not HTTPStatus.BAD_REQUEST <= to_a_change < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SubstrateError(f"what answers at {url} is no backend that works (HTTP {to_a_change} to an account without an address)")
    return {}


def _accounts_open(url: str, accounts: Sequence[GivenAccount]) -> None:
    with direct_client(url, timeout=PATIENCE_SECONDS) as http:
        for number, account in enumerate(accounts, 1):
            try:
                answer = http.post("/api-token-auth/", data={"username": account.name, "password": account.password})
                if answer.status_code == HTTPStatus.OK:
                    found = answer.json()
                    http.post("/logout/", headers={"Authorization": f"{found['token_scheme']} {found['token']}"})
            except (httpx.HTTPError, ValueError, KeyError) as error:
                raise SubstrateError(
                    f"the backend at {url} cannot be asked for a login: {why_not_asked(error, proxy_to_url(url))}"
                ) from None
            if answer.status_code not in (HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS):
                whose = f"account {number} of [accounts], {account.name},"
                raise SubstrateError(f"{whose} cannot log in: its password is wrong, or it is not verified (HTTP {answer.status_code})")


def _stayed(url: str, answer: httpx.Response) -> int:
    """The status; raises SubstrateError where a proxy answers, or we are sent elsewhere: SDKs follow, and nobody knows what is there."""
    if answer.status_code == PROXY_WANTS_A_PASSWORD:
        raise SubstrateError(f"the backend at {url} cannot be asked: {wants_a_password(proxy_to_url(url))}")
    if answer.has_redirect_location:
        where = f"{answer.url.join(answer.headers['Location']).copy_with(query=None, fragment=None, userinfo=b'')}"
        raise SubstrateError(f"the backend at {url} sends us on to {where}: name the address where the backend itself is")
    return answer.status_code


def _bus_opens(address: Address, key: str) -> None:
    where = f"the Service Bus at {address.host}:{address.port}"
    try:
        if address.scheme in ENCRYPTED:
            # messages may come another way than what is asked below
            shake_hands(address.host, address.port, PATIENCE_SECONDS)
        settings_of(connection_string(address, key), RESULTS_QUEUE)
    except CannotMint as error:
        if error.__cause__ is not None:
            # nobody looked at the key
            raise SubstrateError(f"{where} cannot be asked: {why_not_asked(error)}") from None
        raise SubstrateError(f"the secret '{BUS_KEY}' does not open the Service Bus, or no more: {error}") from None
    except OSError as error:
        raise SubstrateError(f"{where} cannot be asked: {why_not_asked(error)}") from None


def _asked_store(url: str, key: str) -> dict[str, str]:
    """Whether objects may be read and removed, by one that is not there."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    patience = Config(
        proxies=proxies_to(url),
        retries={"max_attempts": 1},
        connect_timeout=PATIENCE_SECONDS,
        read_timeout=PATIENCE_SECONDS,
        # a bucket is no host of its own behind most addresses
        s3={"addressing_style": "path"},
    )
    names = {"endpoint_url": url, "region_name": "us-east-1", "aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": key}
    store = boto3.client("s3", config=patience, **names)
    nothing = f"{PREFIX}nothing-{secrets.token_hex(8)}"
    try:
        store.list_objects_v2(Bucket=BUCKET, Prefix=nothing, MaxKeys=1)
        store.delete_object(Bucket=BUCKET, Key=nothing)
    except ClientError as error:
        if error.response["Error"]["Code"] == ACCESS_DENIED:
            what = error.operation_name
            return {STORE: f"the secret '{STORE_KEY}' has no right to {what} in the object store at {url} ({ACCESS_DENIED})"}
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == PROXY_WANTS_A_PASSWORD:
            raise SubstrateError(f"the object store at {url} cannot be asked: {wants_a_password(proxy_to_url(url))}") from None
        raise SubstrateError(f"the secret '{STORE_KEY}' does not open the object store at {url}, or no more (HTTP {status})") from None
    except BotoCoreError as error:
        raise SubstrateError(f"the object store at {url} cannot be asked: {why_not_asked(error, proxy_to_url(url))}") from None
    return {}
