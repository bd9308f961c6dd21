"""One run: its settings, its results folder and its one platform, shared by all scenarios."""

import re
import secrets
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from behave.model import Scenario

from environments.ledger import clean_up_left_overs
from environments.platforms.tracebloc.platform import Tracebloc
from environments.platforms.tracebloc.sabotages import Sabotage, switch_on
from environments.substrate import Platform, Substrate, create
from support.patience import Patience
from support.redaction import learn_secret
from support.results.run_folder import RunFolder
from support.runner.claims import claims_of
from support.settings import Settings, read_settings

if TYPE_CHECKING:
    from support.platforms.tracebloc.scene import Scene

NEEDS = re.compile(r"needs\.(.+)")


class ResultsFolderUnusable(Exception):
    """The results folder cannot be made; the text says which and why."""


@dataclass
class RunSession:
    """What the scenarios of one run share. `start` and `stop` may be called more than once."""

    settings: Settings
    folder: RunFolder
    substrate: Substrate | None = None
    platform: Platform | None = None
    cleaned_up: list[str] = field(default_factory=list)
    died: list[str] = field(default_factory=list)
    central_services: tuple[str, ...] = ()
    shard: str | None = None
    shard_plan: str = ""
    started_by_behave: bool = False
    ready_seconds: float = 0.0
    began: float = field(default_factory=time.monotonic)

    def prepare(self) -> None:
        """Remove what killed runs left, make the results folder and choose the substrate.

        Raises:
            UnknownSubstrate: there is no substrate of that name.
            ResultsFolderUnusable: the results folder cannot be made.
        """
        self.cleaned_up = clean_up_left_overs()
        if self.settings.substrate != "none":
            self.settings.require(["tracebloc"])
        self.substrate = create(self.settings.substrate, for_substrate(self.settings), run_id=self.folder.run, logs_folder=self.folder.logs)
        try:
            self.folder.create()
        except OSError as error:
            raise ResultsFolderUnusable(f"the results folder {self.settings.results_folder} cannot be used: {error}") from error
        Patience.factor = self.settings.deadline_factor
        # for scenarios that call parts of the reference platform in this process
        switch_on(Sabotage[self.settings.sabotage.replace("-", "_").upper()] if self.settings.sabotage else None)

    def start(self) -> None:
        """Start the platform, unless it runs already; raises SubstrateError."""
        if self.platform is not None:
            return
        if self.substrate is None:
            self.prepare()
            self.started_by_behave = True
        self.platform = self._substrate().start()
        if self.platform is None:
            return
        self.ready_seconds = self.platform.ready_seconds
        self.central_services = tuple(self._substrate().services())
        for secret in (self.platform.service_bus_connection_string, self.platform.object_store_secret_key):
            learn_secret(secret.get_secret_value())

    @property
    def ingestor(self) -> str:
        """Which ingestor step 5 of the playbook runs here, and why not the real one."""
        substrate = self._substrate()
        if "mysql" in substrate.capabilities:
            unmodified = "pod-mounts" in substrate.capabilities
            return "tracebloc-ingest on MariaDB" + (
                "" if unmodified else f", with a constant set in memory: {substrate.left_out('pod-mounts')}"
            )
        return f"the reference ingestor, since {substrate.left_out('mysql')}"

    def stop(self) -> None:
        """Stop the platform and leave nothing of it."""
        self.platform = None
        if self.substrate is not None:
            self.substrate.stop()

    def stop_at_once(self) -> None:
        """End the platform without grace, and leave nothing of it."""
        self.platform = None
        if self.substrate is not None:
            self.substrate.kill()

    def stop_if_started_here(self) -> None:
        """Stop the platform if plain behave started it; `ringmaster run` stops its own."""
        if self.started_by_behave:
            self.stop()

    def reason_to_skip(self, scenario: Scenario) -> str | None:
        """Why a scenario cannot run here, from its `@needs.` tags; None when it can."""
        needed = sorted({match[1] for tag in scenario.effective_tags if (match := NEEDS.fullmatch(str(tag)))})
        missing = {capability: self._why_missing(capability) for capability in needed}
        return "; ".join(f"needs {capability}: {reason}" for capability, reason in missing.items() if reason) or None

    def _why_missing(self, capability: str) -> str | None:
        from support.platforms.tracebloc.capabilities import OF_THIS_MACHINE

        if capability in OF_THIS_MACHINE:
            return OF_THIS_MACHINE[capability](self.settings.platform_values("tracebloc"))
        if capability in Tracebloc.capabilities:
            return self._substrate().why_missing(capability)
        from support.capabilities import why_missing

        return why_missing(capability, None, self._substrate())

    def new_scene(self, scenario: Scenario) -> "Scene":
        """A scene for one scenario, with a folder of its own among the results."""
        # imported here: the platform's clients take longer to load than a run without a platform to begin
        from support.platforms.tracebloc.scene import Checkouts, Scene

        if self.platform is None:
            raise RuntimeError("there is no platform: scenes need one")
        values = self.settings.platform_values("tracebloc")
        slug = re.sub(r"[^a-z0-9]+", "-", scenario.name.lower()).strip("-")[:60]
        return Scene(
            substrate=self._substrate(),
            platform=self.platform,
            client_env=values["client_env"],
            checkouts=Checkouts(values["client_checkout"], values["frontend_checkout"]),
            folder=self.folder.scenarios / f"{slug}-{secrets.token_hex(2)}",
            central_services=self.central_services,
        )

    def notice_dead_services(self, scenario: Scenario) -> None:
        """Keep which services died, with their last log lines; those that the scenario does without may have been ended beside it."""
        without = claims_of(map(str, scenario.effective_tags)).without
        for death in self._substrate().deaths(besides={name.replace("-", "_") for name in without}):
            if death not in self.died:
                self.died.append(death)

    def _substrate(self) -> Substrate:
        if self.substrate is None:
            raise RuntimeError("no substrate was chosen")
        return self.substrate


def for_substrate(settings: Settings) -> Any:  # noqa: ANN401 - until substrates receive a platform
    """What a substrate looks at."""
    values = settings.platform_values("tracebloc")
    return SimpleNamespace(sabotage=settings.sabotage, ingestor=values["ingestor"], deadline_factor=settings.deadline_factor)


_current: RunSession | None = None


def begin_session(settings: Settings) -> RunSession:
    """Make the session of this process's run."""
    global _current
    _current = RunSession(settings, RunFolder(settings.results_folder))
    return _current


def current_session() -> RunSession:
    """The run's session; plain behave, which has none, gets one from the settings. Raises SettingsError."""
    return _current or begin_session(read_settings())
