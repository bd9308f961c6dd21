"""What a deployment of tracebloc lacks is found by asking, without changing anything; what it keeps to itself is no mistake."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from environments.deployments.given import Given, GivenAccount
from environments.errors import SubstrateError
from environments.platforms.tracebloc.deployments import access
from environments.platforms.tracebloc.needs import STORE
from environments.platforms.tracebloc.platform import Tracebloc
from environments.platforms.tracebloc.services import DATABASE_PASSWORD
from environments.services import Address
from environments.substrate import WRITING
from tests.http_server import Answered, Asked, answering

Answer = tuple[int, str]
NOTHING_THERE = "<ListBucketResult></ListBucketResult>"
TAKES_ALL: Mapping[str, Answer] = {"GET": (200, NOTHING_THERE), "POST": (422, "{}"), "DELETE": (204, "")}


def refusal(code: str) -> Answer:
    return 403, f"<Error><Code>{code}</Code><Message>no</Message></Error>"


@contextmanager
def answering_each(answers: Mapping[str, Answer]) -> Iterator[tuple[Address, list[str]]]:
    """A server that answers each method so, and what it was asked."""
    methods: list[str] = []

    def answer(asked: Asked) -> Answered:
        methods.append(asked.method)
        status, body = answers[asked.method]
        return Answered(status, body.encode(), {"Location": body} if status in (301, 307, 308) else {})

    with answering(answer) as url:
        yield Address("127.0.0.1", int(url.rpartition(":")[2])), methods


class Deployed:
    """What is known of a deployment: stands for the substrate remote."""

    given: Any = Given()
    specs = ()

    def __init__(self, secrets: Mapping[str, str], **addresses: Address) -> None:
        self.secrets, self.addresses = secrets, {"service_bus": Address("127.0.0.1", 1), **addresses}

    def address(self, service: str, _port: str = "http") -> Address:
        return self.addresses[service]

    @property
    def access(self) -> "Deployed":
        return self

    def to_port(self, service: str, _port: str = "http") -> bool:
        return service in self.addresses

    def secret(self, name: str) -> str:
        return self.secrets[name]

    def to_secret(self, name: str) -> bool:
        return name in self.secrets

    def to_volume(self, _name: str) -> bool:
        return False


@pytest.fixture(autouse=True)
def open_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "settings_of", lambda _bus, _queue: {})


def ask(
    secrets: Mapping[str, str] | None = None, backend: Mapping[str, Answer] = TAKES_ALL, store: Mapping[str, Answer] = TAKES_ALL
) -> tuple[Mapping[str, str], list[str], list[str]]:
    with answering_each(backend) as (of_backend, asked), answering_each(store) as (of_store, asked_store):
        known = {"service-bus-key": "k", "object-store-secret-key": "k"} if secrets is None else secrets
        deployed: Any = Deployed(known, backend=of_backend, object_store=of_store)
        return access.ask(deployed), asked, asked_store


def test_a_deployment_that_takes_everything_lacks_nothing_and_nothing_is_made_there() -> None:
    lacks, asked, asked_store = ask()
    assert lacks == {}
    assert (asked, asked_store) == (["GET", "POST"], ["GET", "DELETE"])


@pytest.mark.parametrize("status", [403, 405, 423, 503])
def test_a_backend_that_takes_no_changes_may_only_be_read(status: int) -> None:
    lacks, _, _ = ask(backend={**TAKES_ALL, "POST": (status, "")})
    assert list(lacks) == [WRITING]
    assert f"takes no changes (HTTP {status})" in lacks[WRITING]


def test_an_account_that_cannot_log_in_is_told_by_its_number_and_without_its_password() -> None:
    def answer(asked: Asked) -> Answered:
        if asked.path == "/api-token-auth/":
            well = b"of-ada" in asked.body
            return Answered(200 if well else 400, b'{"token": "t", "token_scheme": "Bearer"}')
        if asked.path == "/logout/":
            left.append(asked.headers["Authorization"])
        return Answered(200 if asked.method == "GET" else 400)

    left: list[str] = []
    with answering(answer) as url:
        deployed: Any = Deployed({"service-bus-key": "k"}, backend=Address("127.0.0.1", int(url.rpartition(":")[2])))
        accounts = [GivenAccount(f"{name}@example.com", f"word-of-{name}") for name in ("ada", "ben")]
        deployed.given = Given(None, accounts[:1])
        assert access.ask(deployed) == {}
        assert left == ["Bearer t"]
        deployed.given = Given(None, accounts)
        with pytest.raises(SubstrateError, match=r"account 2 of \[accounts\], ben@example.com, cannot log in") as refusal:
            access.ask(deployed)
    assert "word-of" not in str(refusal.value)


def test_a_database_server_that_is_none_is_told() -> None:
    with answering_each(TAKES_ALL) as (address, _):
        deployed: Any = Deployed({"service-bus-key": "k", DATABASE_PASSWORD: "k"}, backend=address, mariadb=Address("127.0.0.1", 1))
        with pytest.raises(SubstrateError, match="MariaDB at 127.0.0.1:1 does not let us in"):
            access.ask(deployed)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("to", "where"),
    [
        ("https://api.tracebloc.io/register/?token=abc", "https://api.tracebloc.io/register/:"),
        ("//user:abc@api.prod.example.com/", "http://api.prod.example.com/:"),
        ("/login", "/login:"),
    ],
)
@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_backend_that_sends_us_on_is_not_followed(method: str, to: str, where: str, status: int) -> None:
    with pytest.raises(SubstrateError, match="sends us on to") as refusal:
        ask(backend={**TAKES_ALL, method: (status, to)})
    assert where in str(refusal.value)
    assert "abc" not in str(refusal.value)


@pytest.mark.parametrize("status", [200, 201, 404, 500, 502, 504])
def test_what_is_no_backend_or_half_of_one_is_told(status: int) -> None:
    with pytest.raises(SubstrateError, match=rf"is no backend that works \(HTTP {status}"):
        ask(backend={**TAKES_ALL, "POST": (status, "<html>")})


@pytest.mark.parametrize(("method", "what"), [("GET", "ListObjectsV2"), ("DELETE", "DeleteObject")])
def test_a_store_without_the_right_is_told_with_the_right(method: str, what: str) -> None:
    lacks, _, _ = ask(store={**TAKES_ALL, method: refusal("AccessDenied")})
    assert list(lacks) == [STORE]
    assert f"has no right to {what} in the object store at" in lacks[STORE]


@pytest.mark.parametrize("code", ["InvalidAccessKeyId", "SignatureDoesNotMatch"])
def test_a_wrong_key_of_the_store_is_a_mistake(code: str) -> None:
    with pytest.raises(SubstrateError, match="'object-store-secret-key' does not open the object store"):
        ask(store={**TAKES_ALL, "GET": refusal(code)})


def test_a_store_that_is_kept_from_us_is_not_asked_and_the_reason_is_told() -> None:
    lacks, _, asked_store = ask({"service-bus-key": "k"})
    assert (lacks, asked_store) == ({}, [])
    platform = Tracebloc({"client_env": "dev"})
    without_secret: Any = Deployed({}, object_store=Address("127.0.0.1", 1))
    nowhere: Any = Deployed({})
    assert platform.why_missing(STORE, without_secret) == "this deployment tells no secret of its object store"
    assert platform.why_missing(STORE, nowhere) == "this deployment names no address of an object store"
    assert platform.why_missing("mysql", nowhere) is not None


def test_secrets_that_a_deployment_does_not_tell_are_not_asked_for() -> None:
    deployed: Any = Deployed({"service-bus-key": "bus", "object-store-secret-key": "store"}, backend=Address("127.0.0.1", 1))
    assert {"bus", "store"} < set(Tracebloc({"client_env": "dev"}).running(deployed).known_secrets())
