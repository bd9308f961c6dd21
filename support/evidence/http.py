"""Requests and answers of an httpx client, noted as evidence."""

import time
from functools import partial

import httpx

from environments.reference_services.server_timing import HEADER, calls_of
from support.evidence.kinds import Kind
from support.evidence.recorder import LONGEST_DETAIL, record
from support.evidence.shapes import fields_of
from support.redaction import redact

CONTENT_TYPE = "content-type"
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
    answer = _body(response)
    detail = f"{_body(request)} -> {response.status_code} {answer}".strip()
    cut = {"status": str(response.status_code), "shape": _shape(answer)} if len(detail) > LONGEST_DETAIL else {}
    record(
        Kind.REQUEST,
        f"{request.method} {request.url.path}",
        detail,
        at=started,
        seconds=time.time() - started,
        failed=response.is_error,
        service=service,
        asked=calls_of(response.headers.get(HEADER, "")),
        headers=_headers(response),
        **cut,
    )


def _headers(response: httpx.Response) -> list[str]:
    kind = response.headers.get(CONTENT_TYPE, "").partition(";")[0].strip().lower()
    names = {name.lower() for name in response.headers} - OF_THE_WAY - {CONTENT_TYPE}
    return sorted(names | ({f"{CONTENT_TYPE}: {kind}"} if kind else set()))


def _shape(body: str) -> list[tuple[str, str]]:
    return sorted((redact(path), kind) for path, kind in fields_of(body))


def _body(message: httpx.Request | httpx.Response) -> str:
    kind = message.headers.get(CONTENT_TYPE, "")
    if not kind.startswith(TEXTUAL) and not kind.partition(";")[0].endswith("+json"):
        return f"({kind}, {message.headers.get('content-length', '?')} bytes)" if kind else ""
    content = message.content
    return content.decode("utf-8", "replace")
