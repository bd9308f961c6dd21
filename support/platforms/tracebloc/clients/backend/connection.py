"""The connection to the backend that all flows share, and what it says when it refuses."""

from types import TracebackType
from typing import Any, Self

import httpx

from environments.errors import PlatformRefused
from environments.network.direct_http import direct_client
from support.evidence.http import watched
from support.platforms.tracebloc.clients.backend.statuses import assert_done_with, assert_told_with
from support.platforms.tracebloc.clients.clock import PlatformClock

Json = dict[str, Any]


class Refused(PlatformRefused):
    """The platform refused a request; carries its words, its code and the HTTP status."""

    def __init__(self, request: str, status: int, code: str, message: str) -> None:
        super().__init__(f"{request} was refused with {status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


class BackendConnection:
    """One person's session with the backend."""

    def __init__(self, base_url: str, timeout: float = 15.0, clock: PlatformClock | None = None) -> None:
        # no proxy and no ~/.netrc of the machine may come between
        self._http = watched(direct_client(base_url.rstrip("/"), timeout=timeout), "backend")
        if clock is not None:
            self._http.event_hooks["request"].append(clock.stamp)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def pages(self, path: str, **parameters: str | int) -> list[list[Json]]:
        """A list as it comes page by page, each beginning where the answer before says; AssertionError when that is where it was before."""
        pages: list[list[Json]] = []
        response = self._answer("GET", path, params=parameters)
        pages.append(response.json())
        read: set[str] = set()
        while (following := response.links.get("next", {}).get("url")) is not None:
            if following in read:
                raise AssertionError(f"{path}: the page {following} was read already, and the list leads to it again")
            read.add(following)
            response = self._answer("GET", following)
            pages.append(response.json())
        return pages

    def _object(self, method: str, path: str, **content: Any) -> Json:
        answer = self._send(method, path, **content)
        if not isinstance(answer, dict):
            raise TypeError(f"{method} {path} answered with a {type(answer).__name__}, not with an object")
        return answer

    def _list(self, method: str, path: str, **content: Any) -> list[Json]:
        listed: list[Json] = []
        following: str | None = path
        while following is not None:
            response = self._answer(method, following, **content)
            page = response.json()
            if not isinstance(page, list):
                raise TypeError(f"{method} {path} answered with a {type(page).__name__}, not with a list")
            listed += page
            # its address holds the parameters
            following, content = response.links.get("next", {}).get("url"), {}
        return listed

    def _send(self, method: str, path: str, **content: Any) -> object:
        response = self._answer(method, path, **content)
        return response.json() if response.content else {}

    def _answer(self, method: str, path: str, **content: Any) -> httpx.Response:
        response = self._http.request(method, path, **content)
        if response.is_error:
            raise refusal(f"{method} {path}", response)
        assert_done_with(response.status_code, f"{method} {path}")
        return response


def refusal(request: str, response: httpx.Response) -> Refused:
    """What a service of the platform said when it refused a request; raises AssertionError for a code with a status that is not its own."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    message = body.get("message") or body.get("detail") or body.get("non_field_errors") or response.reason_phrase
    code = str(body.get("code", ""))
    assert_told_with(response.status_code, code, request)
    return Refused(request, response.status_code, code, str(message))
