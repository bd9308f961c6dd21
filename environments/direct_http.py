"""HTTP clients that go straight to a service, past the proxies and the netrc of whoever runs this; the trusted certificates are read once.

Source: our choice. Reading them takes httpx 20 ms for each client; a process that is forked after this import need not read them again.
"""

from collections.abc import Mapping

import httpx

from environments import jitter

CERTIFICATES = httpx.create_ssl_context(trust_env=False)


def direct_client(base_url: str, *, timeout: float, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """A client of one service; `timeout` is in seconds, for each part of a request."""
    delayed = {"request": [lambda _request: jitter.pause()]}
    return httpx.Client(base_url=base_url, headers=headers, timeout=timeout, trust_env=False, verify=CERTIFICATES, event_hooks=delayed)
