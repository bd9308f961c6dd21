"""HTTP clients that go straight to a service, past the proxies and the netrc of whoever runs this; the trusted certificates are read once.

Only what a deployment says of itself comes between (see `environments.network.reaching`). An answer 429 that says when to come back is
waited for there. Source: our choice. Reading certificates takes httpx 20 ms for each client; a process that is forked after this import
need not read them again.
"""

import functools
import ssl
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus

import httpx

from environments.network import reaching
from environments.reference_services import jitter

CERTIFICATES = httpx.create_ssl_context(trust_env=False)
KEPT_SECONDS = 2.0
"""How long an idle connection is used again: servers close theirs after 5 s, and what is sent at that moment is lost."""
LONGEST_WAIT_SECONDS = 30.0
"""For one request; who is told to stay away for longer hears it."""
OTHER_CLOCK = "ringmaster.other-clock"
"""The extension of a request that is served at another time than this machine's: by no clock here does it become its turn."""

_never = threading.Event()


def direct_client(
    base_url: str, *, timeout: float, headers: Mapping[str, str] | None = None, longest_wait: float | None = None
) -> httpx.Client:
    """A client of one service.

    Args:
        base_url: where it is.
        timeout: in seconds, for each part of a request.
        headers: of every request.
        longest_wait: for how many seconds in all an answer 429 is obeyed; None: LONGEST_WAIT_SECONDS on a deployment, else not at all.
    """
    delayed = {"request": [lambda _request: jitter.pause()]}
    transport = httpx.HTTPTransport(
        verify=_trusted(),
        proxy=_proxy(httpx.URL(base_url).host),
        limits=httpx.Limits(keepalive_expiry=KEPT_SECONDS),
        trust_env=False,
    )
    return httpx.Client(
        base_url=base_url,
        headers=headers,
        timeout=timeout,
        trust_env=False,
        transport=Considerate(transport, longest_wait or LONGEST_WAIT_SECONDS) if longest_wait or reaching.is_paced() else transport,
        event_hooks=delayed,
    )


class Considerate(httpx.BaseTransport):
    """Asks when it is its turn, and once more when the answer 429 says when."""

    def __init__(self, inner: httpx.BaseTransport, longest_wait: float) -> None:
        self._inner = inner
        self._longest_wait = longest_wait

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport`."""
        patient_until = time.monotonic() + self._longest_wait
        while True:
            reaching.take_turn()
            response = self._inner.handle_request(request)
            wait = _seconds_to_wait(response)
            if wait is None or OTHER_CLOCK in request.extensions or time.monotonic() + wait > patient_until:
                return response
            response.close()
            _never.wait(wait)

    def close(self) -> None:
        """See `httpx.BaseTransport`."""
        self._inner.close()


def _seconds_to_wait(response: httpx.Response) -> float | None:
    """What a 429 asks for; None for another answer, or when it does not say."""
    after = response.headers.get("Retry-After", "").strip()
    return float(after) if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and after.isdecimal() else None


def _proxy(host: str) -> httpx.Proxy | None:
    url = reaching.proxy_to(host)
    # one that is reached over TLS is trusted as the deployment is
    return httpx.Proxy(url, ssl_context=_trusted() if url.startswith("https:") else None) if url is not None else None


def _trusted() -> ssl.SSLContext:
    file = reaching.trusted()
    return CERTIFICATES if file is None else _read(file)


@functools.cache
def _read(file: str) -> ssl.SSLContext:
    return httpx.create_ssl_context(verify=ssl.create_default_context(cafile=file), trust_env=False)
