"""Requests and answers of an httpx client, noted as evidence."""

import time
from functools import partial

import httpx

from environments.reference_services.server_timing import HEADER, calls_of
from support.evidence.kinds import Kind
from support.evidence.recorder import record

STARTED = "ringmaster.started"
OF_THE_WAY = frozenset(
    ("connection", "content-encoding", "content-length", "date", "keep-alive", "server", HEADER, "transfer-encoding", "via")
)
"""Headers that come from whatever lies between, and say nothing of the service."""
TEXTUAL = ("application/json", "text/", "application/x-www-form-urlencoded")


def watched(client: httpx.Client, service: str = "") -> httpx.Client:
    """The same client, whose requests to a service of the platform, and its answers, are noted from now on."""
    client.event_hooks["request"].append(_begin)
    client.event_hooks["response"].append(partial(_note, service))
    return client


def _begin(request: httpx.Request) -> None:
    request.extensions[STARTED] = time.time()


def _note(service: str, response: httpx.Response) -> None:
    request = response.request
    response.read()
    started = request.extensions.get(STARTED, time.time())
    record(
        Kind.REQUEST,
        f"{request.method} {request.url.path}",
        f"{_body(request)} -> {response.status_code} {_body(response)}".strip(),
        at=started,
        seconds=time.time() - started,
        failed=response.is_error,
        service=service,
        asked=calls_of(response.headers.get(HEADER, "")),
        headers=sorted({name.lower() for name in response.headers} - OF_THE_WAY),
    )


def _body(message: httpx.Request | httpx.Response) -> str:
    kind = message.headers.get("content-type", "")
    if not kind.startswith(TEXTUAL):
        return f"({kind}, {message.headers.get('content-length', '?')} bytes)" if kind else ""
    content = message.content
    return content.decode("utf-8", "replace")
