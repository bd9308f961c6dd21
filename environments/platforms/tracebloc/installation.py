"""Installing the client: the installer's stages, as far as this substrate can go through them.

Source: tracebloc client chart 1.9.62 and its installer (stage names and order, refused credentials). Unlike the installer, which goes on
to production, an environment name that is unset, unknown or production is refused before anything is done.
"""

import re
import secrets
import string
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from pydantic import SecretStr

from environments.deployments.made import MadeThing
from environments.errors import PlatformRefused, SubstrateError
from environments.platforms.tracebloc.client_environment import ClientEnvironmentRefused, guarded_client_environment
from environments.platforms.tracebloc.deployments import left_overs
from environments.platforms.tracebloc.deployments.left_overs import DATABASE
from environments.platforms.tracebloc.edge.secure_environment import (
    CLIENT_PASSWORD,
    DATABASE_SERVICE,
    DATASETS,
    INGESTION_TOKEN,
    SIGNING_SECRET,
    ClientGroup,
    InstallationStage,
    InstallRequest,
    SecureEnvironment,
)
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on
from environments.platforms.tracebloc.services import DATABASE_PASSWORD
from environments.platforms.tracebloc.stores.databases import Account, Databases, sqlite_database
from environments.platforms.tracebloc.stores.mariadb import PORT as SQL
from environments.services import GROUP_NAME
from environments.substrate import RunningGroup, Substrate
from environments.texts import shortened

PATIENCE_SECONDS = 10.0
SIGNING_SECRET_LENGTH = 48
"""Source: tracebloc client chart 1.9.62 (POD_TOKEN_SIGNING_SECRET: 48 letters and digits)."""


class InstallationFailed(SubstrateError, PlatformRefused):
    """A stage of the client's installation failed; `stages` are those so far, the failed one last."""

    def __init__(self, stages: Sequence[InstallationStage]) -> None:
        self.stages = list(stages)
        super().__init__(f"installing the client failed at stage {stages[-1].name}: {stages[-1].detail}")


class StageFailed(Exception):
    """A stage cannot be done; the text says why and holds no secret."""


class EdgeInstaller:
    """Installs clients on a running platform; a client that is installed again finds its data."""

    def __init__(self, substrate: Substrate, *, with_mariadb: bool) -> None:
        self._substrate = substrate
        self._with_mariadb = with_mariadb
        self._lock = threading.Lock()
        self._accounts: dict[str, Account] = {}

    def install(self, request: InstallRequest) -> SecureEnvironment:
        """Go through the installer's stages; whatever was started is removed when one fails.

        Raises:
            InstallationFailed: a stage failed.
            ClientEnvironmentRefused: the environment name is unset, unknown or production.
            SubstrateError: the Client ID is none, or is installed already.
        """
        installation = Installation(request)
        backend_url = self._substrate.address("backend").url
        account = installation.preflight(backend_url, lambda: self._account(request), with_mariadb=self._with_mariadb)
        for stage, reason in self._left_out().items():
            installation.leave_out(stage, reason)
        installation.register(backend_url)
        own = {
            CLIENT_PASSWORD: request.client_password,
            SIGNING_SECRET: SecretStr(_letters_and_digits(SIGNING_SECRET_LENGTH)),
            INGESTION_TOKEN: SecretStr(secrets.token_urlsafe(32)),
        }
        group = self._substrate.add_group(ClientGroup(request, installation.client_env, account).group(own))
        try:
            return self._start(installation, group, account, own)
        except BaseException:
            group.remove()
            raise

    def remove_data(self, client_id: str) -> None:
        """Remove the database of a client that is not installed again, where it would outlive the run; raises SubstrateError."""
        with self._lock:
            account = self._accounts.pop(client_id, None)
        if account is not None and self._substrate.left_overs is not None:
            thing = MadeThing(DATABASE, account.name)
            left_overs.remove(thing, self._substrate)
            self._substrate.left_overs.removed(thing)

    def _start(
        self, installation: "Installation", group: RunningGroup, account: Account | None, own: Mapping[str, SecretStr]
    ) -> SecureEnvironment:
        def start() -> str:
            group.start()
            return f"{len(installation.request.services)} services started"

        def check() -> str:
            group.check()
            return "all services are ready"

        installation.run("helm", start)
        installation.run("connect", check)
        if account is None:
            database_url = sqlite_database(group.volume(DATASETS.name))
        else:
            database_url = account.url(self._substrate.address("mariadb", SQL))
        return SecureEnvironment(
            group=group,
            database_url=database_url,
            pod_token_signing_secret=own[SIGNING_SECRET],
            ingestion_token=own[INGESTION_TOKEN],
            ingestor="reference ingestor on SQLite" if account is None else "tracebloc-ingest on MariaDB",
            stages=installation.stages,
        )

    def _account(self, request: InstallRequest) -> Account | None:
        if not self._with_mariadb:
            if DATABASE_SERVICE in request.services:
                raise SubstrateError("a SQLite file has no address that could be away: this needs MariaDB")
            return None
        with self._lock:
            if request.client_id not in self._accounts:
                self._substrate.wait_until_ready("mariadb")
                password = SecretStr(self._substrate.secret(DATABASE_PASSWORD))
                account = Account.new()
                if self._substrate.left_overs is not None:
                    self._substrate.left_overs.made(MadeThing(DATABASE, account.name))
                self._accounts[request.client_id] = Databases(self._substrate.address("mariadb", SQL), password).create(account)
        return self._accounts[request.client_id]

    def _left_out(self) -> Mapping[str, str]:
        if (reason := self._substrate.why_missing("cluster")) is None:
            return {}
        return {"prerequisites": "local processes need no Docker, k3d, kubectl or helm", "cluster": reason}


class Installation:
    """One installation, stage by stage; each method does one stage and raises InstallationFailed when that fails."""

    def __init__(self, request: InstallRequest) -> None:
        """Guard the environment name and the Client ID; raises ClientEnvironmentRefused or SubstrateError."""
        self.client_env = _environment(request.client_env)
        if not re.fullmatch(GROUP_NAME, request.client_id):
            raise SubstrateError(f"'{shortened(request.client_id, 70)}' is not a Client ID: letters, digits and dashes only")
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

    def leave_out(self, name: str, reason: str) -> None:
        """Note a stage that this substrate cannot do."""
        self._note(name, "left out", reason, time.monotonic())

    def preflight(self, backend_url: str, choose: Callable[[], Account | None], *, with_mariadb: bool) -> Account | None:
        """The backend answers; ingestor and database are chosen."""
        chosen: list[Account | None] = []

        def do() -> str:
            backend_answers(backend_url)
            chosen.append(choose())
            ingestor, database = ("tracebloc-ingest", "mysql") if with_mariadb else ("reference", "sqlite")
            return f"the backend answers; the ingestor is {ingestor}, its database {database}"

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
        if is_on(EdgeSabotage.UNKNOWN_ENVIRONMENT_TAKEN_FOR_DEV):
            return "dev"
        raise


def _letters_and_digits(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def backend_answers(backend_url: str) -> None:
    """Return if the backend is healthy; raises StageFailed."""
    # imported here: creating a substrate must stay cheap
    import httpx

    from environments.network.direct_http import direct_client

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

    from environments.network.direct_http import direct_client

    credentials = {"username": request.client_id, "password": request.client_password.get_secret_value()}
    try:
        with direct_client(backend_url, timeout=PATIENCE_SECONDS) as http:
            answer = http.post("/api-token-auth/", data=credentials)
    except httpx.HTTPError as error:
        raise StageFailed(f"the backend at {backend_url} does not answer ({type(error).__name__})") from None
    if is_on(EdgeSabotage.WRONG_CREDENTIALS_INSTALLED):
        return
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise StageFailed(f"bad credentials: the backend refuses the Client ID {request.client_id} or its password (HTTP 400)")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise StageFailed(f"the account of Client ID {request.client_id} is not active (HTTP 401)")
    if answer.status_code != httpx.codes.OK:
        raise StageFailed(f"logging in as {request.client_id} failed (HTTP {answer.status_code})")
