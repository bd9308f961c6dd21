"""A proxy on the way to a deployment that lets nobody through, or opens what is encrypted, is told in a sentence that names it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from environments.errors import SubstrateError
from environments.network.reaching import Reaching
from environments.platforms.tracebloc.deployments import access
from environments.services import Address
from tests.http_server import Answered, Asked, answering
from tests.platforms.tracebloc.deployments.test_access import TAKES_ALL, Deployed, answering_each
from tests.remote.front import Proxy, closing

NOT_WITHOUT_A_PASSWORD = "407 Proxy Authentication Required"
KEYS = {"service-bus-key": "k", "object-store-secret-key": "k"}


@pytest.fixture(autouse=True)
def open_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "settings_of", lambda _bus, _queue: {})


@contextmanager
def by_proxy(folder: Path, refusal: str = "", ca_file: Path | None = None) -> Iterator[str]:
    """The URL of a proxy, by which this process reaches hosts elsewhere."""
    proxy = Proxy(refusal)
    with closing(proxy):
        url = f"http://127.0.0.1:{proxy.port}"
        Reaching(ca_file, url).put_in_force(folder / "turns")
        yield url


def refusal_of(**addresses: Address) -> str:
    deployed: Any = Deployed(KEYS, **addresses)
    with pytest.raises(SubstrateError) as refusal:
        access.ask(deployed)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("hidden", ["backend", "object_store"])
def test_one_that_wants_a_password_is_named(scheme: str, hidden: str, tmp_path: Path) -> None:
    with answering_each(TAKES_ALL) as (here, _), by_proxy(tmp_path, NOT_WITHOUT_A_PASSWORD) as url:
        told = refusal_of(**{"backend": here, "object_store": here, hidden: Address("staging.test", 443, scheme)})
    what = "the backend" if hidden == "backend" else "the object store"
    assert told.startswith(f"{what} at {scheme}://staging.test:443 cannot be asked: the proxy {url} wants a password (HTTP 407)")


def test_one_that_forbids_a_host_is_named(tmp_path: Path) -> None:
    with by_proxy(tmp_path, "403 Forbidden") as url:
        told = refusal_of(backend=Address("staging.test", 443, "https"))
    assert told == f"the backend at https://staging.test:443 cannot be asked: 403 Forbidden (by the proxy {url})"


@pytest.mark.parametrize("hidden", ["backend", "object_store"])
def test_one_that_opens_what_is_encrypted_is_told_with_what_to_do(hidden: str, tmp_path: Path) -> None:
    trusted, inspecting = trustme.CA(), trustme.CA()
    trusted.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    def answer(asked: Asked) -> Answered:
        return Answered(TAKES_ALL[asked.method][0])

    with (
        answering(answer, inspecting.issue_cert("staging.test")) as behind,
        answering_each(TAKES_ALL) as (here, _),
        by_proxy(tmp_path, ca_file=tmp_path / "ca.pem") as url,
    ):
        there = Address("staging.test", int(behind.rpartition(":")[2]), "https")
        told = refusal_of(**{"backend": here, "object_store": here, hidden: there})
    assert "its certificate is not trusted (" in told
    assert told.endswith(f"; if the proxy {url} opens what is encrypted, `ca_file` has to name its authority")
