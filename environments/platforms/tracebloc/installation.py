"""Installing the client on the embedded substrate: the installer's stages, as far as local processes can go through them.

Source: tracebloc client chart 1.9.62 and its installer (stage names and order, refused credentials). Unlike the installer, which goes on
to production, an environment name that is unset, unknown or production is refused before anything is done.
"""

import re
import time
from collections.abc import Callable
from typing import Literal

from environments.platforms.tracebloc.client_environment import ClientEnvironmentRefused, guarded_client_environment
from environments.platforms.tracebloc.sabotages import Sabotage, is_on
from environments.platforms.tracebloc.services import EdgeAddresses
from environments.substrate import InstallationFailed, InstallationStage, InstallRequest, SubstrateError

PATIENCE_SECONDS = 10.0
LEFT_OUT = {
    "prerequisites": "local processes need no Docker, k3d, kubectl or helm",
    "cluster": "the embedded substrate has no cluster: pods are local processes",
}


class StageFailed(Exception):
    """A stage cannot be done; the text says why and holds no secret."""


class Installation:
    """One installation, stage by stage; each method does one stage and raises InstallationFailed when that fails."""

    def __init__(self, request: InstallRequest) -> None:
        """Guard the environment name and the Client ID; raises ClientEnvironmentRefused or SubstrateError."""
        self.client_env = _environment(request.client_env)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}", request.client_id):
            raise SubstrateError(f"'{request.client_id[:70]}' is not a Client ID: letters, digits and dashes only")
        self.request = request
        self.stages: list[InstallationStage] = []

    def run(self, name: str, do: Callable[[], str]) -> None:
        """Do one stage; `do` returns a sentence about it."""
        began = time.monotonic()
        try:
            detail = do()
        except (StageFailed, SubstrateError) as error:
            self._note(name, "failed", str(error), began)
            raise InstallationFailed(self.stages) from error
        self._note(name, "done", detail, began)

    def leave_out(self, name: str) -> None:
        """Note a stage that this substrate cannot do."""
        self._note(name, "left out", LEFT_OUT[name], time.monotonic())

    def preflight(self, backend_url: str, choose: Callable[[], EdgeAddresses]) -> EdgeAddresses:
        """The backend answers; ingestor and database are chosen."""
        chosen: list[EdgeAddresses] = []

        def do() -> str:
            backend_answers(backend_url)
            chosen.append(choose())
            database = chosen[0].database_url.get_secret_value().partition(":")[0].partition("+")[0]
            return f"the backend answers; the ingestor is {chosen[0].ingestor}, its database {database}"

        self.run("preflight", do)
        return chosen[0]

    def register(self, backend_url: str) -> None:
        """Log in with the Client ID and its password."""

        def do() -> str:
            log_in(backend_url, self.request)
            return f"the backend knows {self.request.client_id}"

        self.run("register", do)

    def _note(self, name: str, outcome: Literal["done", "left out", "failed"], detail: str, began: float) -> None:
        self.stages.append(InstallationStage(name, outcome, detail, time.monotonic() - began))


def _environment(name: str | None) -> str:
    try:
        return guarded_client_environment(name)
    except ClientEnvironmentRefused:
        if is_on(Sabotage.UNKNOWN_ENVIRONMENT_TAKEN_FOR_DEV):
            return "dev"
        raise


def backend_answers(backend_url: str) -> None:
    """Return if the backend is healthy; raises StageFailed."""
    # imported here: creating a substrate must stay cheap
    import httpx

    from environments.direct_http import direct_client

    try:
        with direct_client(backend_url, timeout=PATIENCE_SECONDS) as http:
            answer = http.get("/healthz")
    except httpx.HTTPError as error:
        raise StageFailed(f"the backend at {backend_url} does not answer ({type(error).__name__})") from None
    if answer.status_code != httpx.codes.OK:
        raise StageFailed(f"the backend at {backend_url} is not healthy (HTTP {answer.status_code})")


def log_in(backend_url: str, request: InstallRequest) -> None:
    """Return if the backend takes the credentials; raises StageFailed."""
    import httpx

    from environments.direct_http import direct_client

    credentials = {"username": request.client_id, "password": request.client_password.get_secret_value()}
    try:
        with direct_client(backend_url, timeout=PATIENCE_SECONDS) as http:
            answer = http.post("/api-token-auth/", data=credentials)
    except httpx.HTTPError as error:
        raise StageFailed(f"the backend at {backend_url} does not answer ({type(error).__name__})") from None
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise StageFailed(f"bad credentials: the backend refuses the Client ID {request.client_id} or its password (HTTP 400)")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise StageFailed(f"the account of Client ID {request.client_id} is not active (HTTP 401)")
    if answer.status_code != httpx.codes.OK:
        raise StageFailed(f"logging in as {request.client_id} failed (HTTP {answer.status_code})")
