"""How the services of one secure environment speak with the backend: log in as the edge, and again whenever the token is refused.

Source: tracebloc client chart 1.9.62 (`POST /api-token-auth/` with the Client ID and password; its answer carries the connection strings of
the queues `experiments_queue_conn_str` and `flops_conn_str`; a log line with "authentication failed" is what the installer looks for).
`results_conn_str` and `averaging_conn_str` are our choice, and that each opens one queue of this secure environment alone.
"""

import logging
import threading

import httpx
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings
from tenacity import RetryCallState, Retrying, retry_if_exception_type, sleep_using_event, stop_after_delay, stop_any, stop_when_event_set
from tenacity.wait import wait_exponential

from environments.network.direct_http import direct_client
from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on
from environments.texts import shortened

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 30.0


class LoginRefused(Exception):
    """The backend does not take this secure environment's credentials; the text holds its words and never the password."""


class EdgeSettings(BaseSettings):
    """What every service of a secure environment needs in order to speak with the backend."""

    backend_url: str
    client_id: str
    client_password: SecretStr


class EdgeLogin(BaseModel):
    """The backend's answer to a secure environment that logged in."""

    token: SecretStr
    token_scheme: str = "Token"  # noqa: S105 - the scheme's name
    experiments_queue_conn_str: SecretStr
    flops_conn_str: SecretStr
    results_conn_str: SecretStr
    averaging_conn_str: SecretStr


class EdgeSession:
    """An HTTP session with the backend in the name of one secure environment; safe to use from any thread."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._settings = settings
        self._http = direct_client(settings.backend_url, timeout=10)
        self._lock = threading.Lock()
        self._login: EdgeLogin | None = None

    def wait_until_logged_in(self, patience_seconds: float = PATIENCE_SECONDS) -> EdgeLogin:
        """Log in, trying until the backend is up; raises LoginRefused, or httpx.HTTPError when `patience_seconds` are over."""
        retrying = Retrying(
            retry=retry_if_exception_type(httpx.HTTPError),
            wait=wait_exponential(multiplier=0.05, max=1),
            stop=stop_any(stop_after_delay(patience_seconds), stop_when_event_set(service.stopping)),
            sleep=sleep_using_event(service.stopping),
            before_sleep=_tell_the_wait,
            reraise=True,
        )
        return retrying(self.login)

    def login(self) -> EdgeLogin:
        """The present login, made at the first use; raises LoginRefused or httpx.HTTPError."""
        with self._lock:
            if self._login is None:
                self._login = self._log_in()
            return self._login

    def fresh_token(self) -> str:
        """A token from a login made now, for someone who cannot log in again; raises LoginRefused or httpx.HTTPError."""
        with self._lock:
            kept = self._login if is_on(EdgeSabotage.INGESTION_GETS_AN_OLD_LOGIN) else None
            self._login = kept or self._log_in()
            return self._login.token.get_secret_value()

    def request(self, method: str, path: str, json: object = None) -> httpx.Response:
        """Ask the backend; logs in again, once, when it refuses the token (401). Raises LoginRefused or httpx.HTTPError."""
        login = self.login()
        response = self._send(login, method, path, json)
        if response.status_code == httpx.codes.UNAUTHORIZED and not is_on(EdgeSabotage.EXPIRED_LOGIN_NEVER_RENEWED):
            log.info("the backend refused the token, logging in again")
            self._forget(login)
            response = self._send(self.login(), method, path, json)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, login: EdgeLogin, method: str, path: str, json: object) -> httpx.Response:
        authorization = f"{login.token_scheme} {login.token.get_secret_value()}"
        return self._http.request(method, path, json=json, headers={"Authorization": authorization})

    def _forget(self, login: EdgeLogin) -> None:
        with self._lock:
            if self._login is login:
                self._login = None

    def _log_in(self) -> EdgeLogin:
        credentials = {"username": self._settings.client_id, "password": self._settings.client_password.get_secret_value()}
        if is_on(EdgeSabotage.CLIENT_PASSWORD_LOGGED):
            log.info("logging in as %s, %s", *credentials.values())
        response = self._http.post("/api-token-auth/", data=credentials)
        if response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise LoginRefused(f"authentication failed for client {self._settings.client_id}: {shortened(response.text, 200)}")
        response.raise_for_status()
        return EdgeLogin.model_validate(response.json())


def log_in_or_exit(settings: EdgeSettings) -> EdgeSession:
    """A session that is logged in; a refusal, or a backend that stays away, ends the process with exit code 1 and one line."""
    session = EdgeSession(settings)
    try:
        session.wait_until_logged_in()
    except (LoginRefused, httpx.HTTPError) as error:
        if service.stopping.is_set():
            raise SystemExit(0) from None
        log.error("%s", error if isinstance(error, LoginRefused) else f"the backend cannot be reached: {type(error).__name__}")
        raise SystemExit(1) from None
    return session


def _tell_the_wait(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.info("waiting for the backend: %s", type(error).__name__)
