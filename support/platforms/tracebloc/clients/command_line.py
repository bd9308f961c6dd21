"""The platform as tracebloc's command line sees it: sign-in by device code, registering this machine's secure environment.

Source: tracebloc CLI (paths, bodies and answers); RFC 8628. The program itself knows no address but tracebloc's own, so what it sends is
sent from here.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from environments.network.direct_http import direct_client
from support.platforms.tracebloc.clients.backend import Json, Refused
from support.platforms.tracebloc.clients.clock import PlatformClock
from support.redaction import learn_secret

USER_AGENT = "tracebloc-cli/0.12.0 (linux/amd64)"
SIGNED_IN = "signed in"


@dataclass(frozen=True)
class SignInCode:
    """A sign-in that was begun: what the person types, and what the command line asks with."""

    user_code: str
    page: str
    page_with_code: str
    interval_seconds: int
    lifetime_seconds: int
    device_code: SecretStr = field(repr=False)


@dataclass(frozen=True)
class Registration:
    """A secure environment as the command line got it; adopted: it was there already."""

    identity: int
    client_id: str
    adopted: bool
    answer: Json = field(repr=False)


class CommandLine:
    """One command line on one machine."""

    def __init__(self, base_url: str, timeout: float = 15.0, clock: PlatformClock | None = None) -> None:
        # no proxy and no ~/.netrc of the machine may come between
        self._http = direct_client(base_url.rstrip("/"), timeout=timeout, headers={"User-Agent": USER_AGENT})
        if clock is not None:
            self._http.event_hooks["request"].append(clock.stamp)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def request_code(self) -> SignInCode:
        """Begin to sign in."""
        answer = self._accepted("POST", "/device/code").json()
        learn_secret(answer["device_code"])
        pages = answer["verification_uri"], answer["verification_uri_complete"]
        return SignInCode(answer["user_code"], *pages, answer["interval"], answer["expires_in"], SecretStr(answer["device_code"]))

    def ask_for_token(self, code: SignInCode) -> str:
        """Ask once whether the code was approved: `signed in`, or the grant's error such as `authorization_pending`."""
        response = self._http.post("/device/token", json={"device_code": code.device_code.get_secret_value()})
        answer = response.json()
        if response.is_success:
            learn_secret(answer["token"])
            self._http.headers["Authorization"] = f"Bearer {answer['token']}"
            return SIGNED_IN
        return str(answer["error"])

    def who_am_i(self) -> Json:
        """Whose account it is signed in to; raises Refused."""
        return self._object("GET", "/userinfo/")

    def register(self, name: str, cluster_id: str, password: SecretStr) -> Registration:
        """Register the secure environment of a cluster, or take the one that is registered on it; raises Refused."""
        body = {"first_name": name, "namespace": name, "cluster_id": cluster_id, "password": password.get_secret_value()}
        response = self._accepted("POST", "/edge-device/", json=body)
        answer = response.json()
        return Registration(answer["id"], answer["username"], response.status_code == httpx.codes.OK, answer)

    def admins(self) -> list[Json]:
        """Who may register in this account; raises Refused."""
        answer: list[Json] = self._accepted("GET", "/edge-device/admins/").json()
        return answer

    def sign_out(self) -> None:
        """Take the token's worth away; raises Refused."""
        self._accepted("POST", "/auth/revoke")

    def _object(self, method: str, path: str) -> Json:
        answer: Json = self._accepted(method, path).json()
        return answer

    def _accepted(self, method: str, path: str, **content: Any) -> httpx.Response:
        response = self._http.request(method, path, **content)
        if response.is_error:
            body = response.json() if response.content else {}
            words = str(body.get("message") or body.get("detail") or response.reason_phrase)
            raise Refused(f"{method} {path}", response.status_code, str(body.get("error") or body.get("code") or ""), words)
        return response
