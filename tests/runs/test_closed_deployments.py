"""A deployment that does not let us in is told in one sentence, with exit code 3, before any scenario runs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from environments.embedded.ports import Ports
from tests.http_server import Answered, Asked, answering
from tests.remote.front import Proxy, closing
from tests.remote.imap_server import USER, imap_server
from tests.runs.conftest import Ringmaster, assert_refused
from tests.service_bus.bus import KEY, BusProcess

FEATURE = "features/tracebloc/ring1_in_process/client_queue_keys.feature"
LAST_YEAR = datetime.now(UTC) - timedelta(days=365)


def with_status(status: int, to_changes: int | None = None) -> Callable[[Asked], Answered]:
    """A backend that is healthy, or an object store whose key is wrong."""
    return lambda asked: Answered(to_changes or status if asked.method == "POST" else status)


def no_bus(_asked: Asked) -> Answered:
    return Answered(200, b"It works!")


@pytest.fixture(scope="module")
def bus() -> Iterator[BusProcess]:
    process = BusProcess()
    yield process
    process.stop()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("bus key", "the secret 'service-bus-key' does not open the Service Bus, or no more"),
        ("store key", "the secret 'object-store-secret-key' does not open the object store at"),
        ("missing secret", "the secret 'service-bus-key' of the deployment 'staging' is missing: the variable STAGING_KEY is not set"),
        ("certificate", "cannot be asked: its certificate is not trusted (unable to get local issuer certificate)"),
        ("expired certificate", "cannot be asked: its certificate is not trusted (certificate has expired)"),
        ("certificate of another host", "cannot be asked: its certificate is not trusted (IP address mismatch"),
        ("certificate of the store", "the object store at https://127.0.0.1"),
        ("half up", "does not answer everywhere: object_store:http at 127.0.0.1:"),
        ("no bus", "cannot be asked: what answers at 127.0.0.1:"),
        ("inbox", "the secret 'mail-password' does not open the inbox at 127.0.0.1:"),
        ("unhealthy", "is not healthy (HTTP 503)"),
        ("unknown host", "does not answer everywhere: backend:http at nowhere.invalid:80"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(wrong: str, words: str, bus: BusProcess, ringmaster: Ringmaster, tmp_path: Path) -> None:
    ports = Ports()
    with ExitStack() as open_servers:
        authority, of_backend, of_store = trustme.CA(), None, None
        (authority if wrong.startswith(("expired", "certificate of another")) else trustme.CA()).cert_pem.write_to_path(
            f"{tmp_path}/ca.pem"
        )
        if wrong == "certificate of the store":
            of_store = authority.issue_cert("127.0.0.1")
        elif "certificate" in wrong:
            expiry = LAST_YEAR if wrong.startswith("expired") else None
            of_backend = authority.issue_cert("127.0.0.2" if "another" in wrong else "127.0.0.1", not_after=expiry)
        backend = open_servers.enter_context(answering(with_status(503 if wrong == "unhealthy" else 200, to_changes=400), of_backend))
        store = open_servers.enter_context(answering(with_status(403 if wrong == "store key" else 200), of_store))
        addresses = {
            "backend:http": "nowhere.invalid:80" if wrong == "unknown host" else backend,
            "service_bus:amqp": open_servers.enter_context(answering(no_bus)) if wrong == "no bus" else f"127.0.0.1:{bus.port}",
            "object_store:http": f"127.0.0.1:{ports.reserve()}" if wrong == "half up" else store,
        }
        where = "\n".join(f'"{name}" = "{address}"' for name, address in addresses.items())
        key = '[secret_variables]\nservice-bus-key = "STAGING_KEY"\n[secrets]\n' if wrong == "missing secret" else "[secrets]\n"
        if wrong != "missing secret":
            key += f'service-bus-key = "{"d3Jvbmc=" if wrong == "bus key" else KEY}"\n'
        inbox = ""
        if wrong == "inbox":
            port = open_servers.enter_context(imap_server(tmp_path))
            inbox = f'mail-password = "wrong"\n[mail]\nimap = "imap://127.0.0.1:{port}"\nuser = "{USER}"\n'
        file = tmp_path / "deployments" / "staging.toml"
        file.parent.mkdir()
        file.touch(mode=0o600)
        file.write_text(
            f'platform = "tracebloc"\nca_file = "{tmp_path}/ca.pem"\n[addresses]\n{where}\n'
            f'{key}object-store-secret-key = "key"\n{inbox}[volumes]\nmail = "{tmp_path}"\n'
        )
        allowed = tmp_path / "allowed.toml"
        allowed.write_text('client_env = "dev"\nallowed_deployments = ["staging"]\n')
        outcome = ringmaster("run", FEATURE, "--substrate", "remote", "--deployment", "staging", RINGMASTER_SETTINGS_FILE=str(allowed))
    ports.release()
    assert_refused(outcome, 3, words)
    assert KEY not in outcome.output


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("nobody there", "backend:http at backend.staging.test:443: the proxy 127.0.0.1:{port} does not answer: Connection refused"),
        ("password", "the proxy http://127.0.0.1:{port} wants a password (HTTP 407): it has to let this machine through without"),
        ("opened", "its certificate is not trusted (unable to get local issuer certificate); if the proxy http://127.0.0.1:{port} opens"),
    ],
)
def test_a_proxy_that_lets_nobody_through_is_said_in_a_sentence(
    wrong: str, words: str, bus: BusProcess, ringmaster: Ringmaster, tmp_path: Path
) -> None:
    trustme.CA().cert_pem.write_to_path(f"{tmp_path}/ca.pem")
    ports, proxy = Ports(), Proxy("407 Proxy Authentication Required" if wrong == "password" else "")
    at = ports.reserve() if wrong == "nobody there" else proxy.port
    with answering(with_status(200, to_changes=400), trustme.CA().issue_cert("backend.staging.test")) as backend, closing(proxy):
        there = f"https://backend.staging.test:{443 if wrong == 'nobody there' else backend.rpartition(':')[2]}"
        file = tmp_path / "deployments" / "staging.toml"
        file.parent.mkdir()
        file.touch(mode=0o600)
        file.write_text(
            f'platform = "tracebloc"\nca_file = "{tmp_path}/ca.pem"\nproxy = "http://127.0.0.1:{at}"\n[addresses]\n'
            f'"backend:http" = "{there}"\n"service_bus:amqp" = "127.0.0.1:{bus.port}"\n[secrets]\nservice-bus-key = "{KEY}"\n'
        )
        settings = {"RINGMASTER_CLIENT_ENV": "dev", "RINGMASTER_ALLOWED_DEPLOYMENTS": "staging"}
        outcome = ringmaster("run", FEATURE, "--substrate", "remote", "--deployment", "staging", **settings)
        status = ringmaster("status", "staging", **settings)
    ports.release()
    assert_refused(outcome, 3, words.format(port=at))
    assert ("does not answer: Connection refused" in status.output) is (wrong == "nobody there")
    assert status.exit_code == (1 if wrong == "nobody there" else 0)
