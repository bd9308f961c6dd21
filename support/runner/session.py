"""One run: its settings, its results folder, and one running platform for each that its scenarios need, shared by all of them."""

import json
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from behave.model import Scenario

from environments.choose import (
    NO_SUBSTRATE,
    REMOTE_SUBSTRATE,
    create_substrate,
    on_deployment,
    platform_class,
    platform_of,
    platforms_of,
    refuse_unknown_substrate,
)
from environments.errors import SubstrateError
from environments.ledger import clean_up_left_overs, known_runs
from environments.platform import Platform, RunningPlatform, Scene
from environments.substrate import WRITING, Substrate
from support.capabilities import why_missing
from support.evidence.files import redact_abandoned, redact_files
from support.patience import Patience
from support.redaction import learn_secret, redact
from support.results.run_folder import PLATFORM_FILE, RunFolder
from support.runner.exclusion import WITHOUT_PLATFORM, exclusion_rules_of
from support.settings import Settings, read_settings

NEEDS = re.compile(r"needs\.(.+)")
NO_PLATFORM = ""
ONLY_READS = "only-reads"
"""The tag of scenarios that make and change nothing."""


class Deployment(NamedTuple):
    """A platform on a substrate; a substrate without a platform carries scenarios that need none."""

    substrate: Substrate
    platform: Platform | None = None

    @property
    def name(self) -> str:
        """The platform's name; empty without one."""
        return self.platform.name if self.platform is not None else ""

    @property
    def running(self) -> RunningPlatform | None:
        """The platform as it runs there; None without one."""
        return self.platform.running(self.substrate) if self.platform is not None else None

    def may_have(self, defect: str) -> bool:
        """Whether a known defect of the real platform may be met there (`@upstream.<defect>`)."""
        running = self.running
        return not self.substrate.is_reference if running is None else running.may_have(defect)

    @property
    def for_one_alone(self) -> frozenset[str]:
        """What there only one scenario can have at a time: the accounts that are given."""
        return frozenset({"accounts"} if self.substrate.given.accounts else ())

    def enter_network(self) -> Callable[[], None]:
        """Be where its services are reached; returns what leads back."""
        entered = ExitStack()
        entered.enter_context(self.substrate.network())
        return entered.close


class FeatureFiles:
    """Which platform each feature file belongs to; worked out once for each, since it means several looks at the disk."""

    def __init__(self) -> None:
        self._platforms: dict[str, str] = {}
        self._why_not_loadable: dict[str, str | None] = {}

    def platform_of(self, scenario: Scenario) -> str:
        """The name of the platform a scenario needs; empty when it needs none."""
        if _carries(scenario, WITHOUT_PLATFORM):
            return NO_PLATFORM
        file = str(scenario.filename)
        if file not in self._platforms:
            self._platforms[file] = platform_of(file) or NO_PLATFORM
        return self._platforms[file]

    def why_not_loadable(self, file: str) -> str | None:
        """Why the steps of a feature file cannot be imported here; None when they can."""
        if file not in self._why_not_loadable:
            name = platform_of(file)
            reason = platform_class(name).why_not_loadable() if name else None
            self._why_not_loadable[file] = reason and f"needs the platform {name}: {reason}"
        return self._why_not_loadable[file]


class RunSession:
    """What the scenarios of one run share. `start` and `stop` may be called more than once."""

    def __init__(self, settings: Settings, folder: RunFolder) -> None:
        self.settings = settings
        self.folder = folder
        self.cleaned_up: list[str] = []
        self.died: list[str] = []
        self.shard: str | None = None
        self.shard_plan = ""
        self.started_by_behave = False
        self.began = time.monotonic()
        self.deployments: dict[str, Deployment] = {}
        """By the platform's name; under the empty name, what scenarios without a platform run on."""
        self.started = False
        self.files = FeatureFiles()

    @property
    def ready_seconds(self) -> float:
        """How long the platforms took to be ready."""
        return sum(deployment.substrate.ready_seconds for deployment in self.deployments.values())

    @property
    def loading_seconds(self) -> float:
        """For how long after the start platforms still load what longer scenarios need."""
        return max((deployment.substrate.loading_seconds for deployment in self.deployments.values()), default=0.0)

    @property
    def facts(self) -> Mapping[str, str]:
        """What the reports say about the running platforms."""
        if not self.started:
            return {}
        told = [
            facts
            for each in self.deployments.values()
            for facts in (each.running.facts() if each.running is not None else {}, each.substrate.own_pods.facts())
        ]
        return {name: text for facts in told for name, text in facts.items()}

    @property
    def services(self) -> Mapping[str, list[str]]:
        """The running platforms' services, each with those that have to be up first."""
        running = _running(self.deployments) if self.started else []
        return {spec.name: list(spec.after) for each in running for spec in each.platform.services()}

    @property
    def addresses(self) -> Mapping[str, str]:
        """How people reach the running platforms."""
        return {name: text for platform in _running(self.deployments) for name, text in platform.addresses().items()}

    def prepare(self, features: Iterable[str | Path | Scenario] = ()) -> None:
        """Remove what killed runs left, make the results folder and choose a substrate for each platform.

        Args:
            features: the scenarios that will run, their files, or folders of them.

        Raises:
            UnknownSubstrate: there is no substrate of that name.
            DeploymentRefused: there is no such deployment, or nothing may run on it.
            SettingsError: a platform needs a setting that is not given.
            ResultsFolderUnusable: the results folder cannot be made, or nothing would fit into it.
        """
        self.cleaned_up = clean_up_left_overs()
        redact_abandoned(self.settings.results_folder, lambda: {run.run_id for run in known_runs() if run.alive})
        self.choose(features)
        self.folder.create()
        Patience.factor = self.settings.deadline_factor

    def start(self, features: Iterable[str | Path] = ()) -> None:
        """Start the platforms, unless they run already; raises SubstrateError.

        Args:
            features: what plain behave runs, which has prepared nothing.
        """
        if self.started:
            return
        if not self.deployments:
            self.prepare(features)
            self.started_by_behave = True
        self.started = True
        for deployment in self.deployments.values():
            deployment.substrate.start()
            for secret in deployment.running.known_secrets() if deployment.running is not None else ():
                learn_secret(secret)

    def stop(self) -> None:
        """Stop the platforms and leave nothing of them."""
        try:
            self._note_platforms()
        finally:
            self.started = False
            for deployment in reversed(self.deployments.values()):
                deployment.substrate.stop()
            _redact_written_files(self.folder)

    def stop_at_once(self) -> None:
        """End the platforms without grace, and leave nothing of them."""
        self.started = False
        for deployment in reversed(self.deployments.values()):
            deployment.substrate.kill()
        _redact_written_files(self.folder)

    def stop_if_started_here(self) -> None:
        """Stop the platforms if plain behave started them; `ringmaster run` stops its own."""
        if self.started_by_behave:
            self.stop()

    def deployment_of(self, scenario: Scenario) -> Deployment:
        """What a scenario runs on: its platform's, or one without a platform."""
        found = self.deployments.get(self.files.platform_of(scenario)) or self.deployments.get(NO_PLATFORM)
        # plain behave chose by files alone; a scenario that needs no platform is content with any
        return found or next(iter(self.deployments.values()))

    def reason_to_skip(self, scenario: Scenario) -> str | None:
        """Why a scenario cannot run here, from its `@needs.` tags and its platform; None when it can."""
        if reason := self.files.why_not_loadable(str(scenario.filename)):
            return reason
        deployment = self.deployment_of(scenario)
        if (name := self.files.platform_of(scenario)) and deployment.name != name:
            has = "has no platform" if self.settings.substrate == NO_SUBSTRATE else f"is on '{self.settings.deployment}', which has it not"
            return f"needs the platform {name}: this run {has} (substrate {self.settings.substrate})"
        missing = {
            capability: why_missing(capability, deployment.platform, deployment.substrate)
            for capability in sorted(_needed(scenario, deployment.platform))
        }
        return "; ".join(f"needs {capability}: {reason}" for capability, reason in missing.items() if reason) or None

    def new_scene(self, scenario: Scenario) -> Scene | None:
        """A scene for one scenario, with a folder of its own among the results; None for one that needs no platform."""
        deployment = self.deployment_of(scenario)
        if deployment.platform is None:
            return None
        return deployment.platform.new_scene(deployment.substrate, self.folder_of(scenario))

    def folder_of(self, scenario: Scenario) -> Path:
        """A new folder among the results for a scenario's evidence; not made yet."""
        slug = re.sub(r"[^a-z0-9]+", "-", redact(scenario.name).lower()).strip("-")[:60]
        return self.folder.scenarios / f"{slug}-{secrets.token_hex(2)}"

    def notice_dead_services(self, scenario: Scenario) -> None:
        """Keep which services died, with their last log lines; those that the scenario does without may have been ended beside it."""
        without = exclusion_rules_of(map(str, scenario.effective_tags)).without
        for death in self.deployment_of(scenario).substrate.deaths(besides={name.replace("-", "_") for name in without}):
            if death not in self.died:
                self.died.append(death)

    def clean_up_after(self, process: int, *, alone: bool) -> list[str]:
        """End what a killed process of this run had made on any of the platforms; see `Substrate.clean_up_after`."""
        return [line for deployment in self.deployments.values() for line in deployment.substrate.clean_up_after(process, alone=alone)]

    def choose(self, features: Iterable[str | Path | Scenario]) -> None:
        """Choose a substrate for each platform of these features, without starting it; see `prepare`."""
        refuse_unknown_substrate(self.settings.substrate)
        runs_none = self.settings.substrate == NO_SUBSTRATE
        named = [{self.files.platform_of(each)} if isinstance(each, Scenario) else platforms_of(each) for each in features]
        wanted = {NO_PLATFORM} if runs_none else set().union(*named)
        if self.settings.substrate == REMOTE_SUBSTRATE:
            wanted = on_deployment(self.settings.deployment, wanted)
        # a platform's own come first: what needs none is quick
        for number, name in enumerate(sorted(wanted, reverse=True)):
            run_id = self.folder.run if number == 0 else f"{self.folder.run}-{name or NO_SUBSTRATE}"
            logs = self.folder.logs if len(wanted - {NO_PLATFORM}) < 2 else self.folder.logs / name
            self.deployments[name] = self._deployment(name, run_id, logs)

    def _note_platforms(self) -> None:
        """Keep what no scenario sees of the running platforms, for whoever compares two runs."""
        if not self.started:
            return
        try:
            seen = {
                what: dict(settings)
                for platform in _running(self.deployments)
                for what, settings in (*platform.observed().items(), *platform.substrate.described().items())
            }
            if seen:
                (self.folder.path / PLATFORM_FILE).write_text(json.dumps(seen), encoding="utf-8")
        except (SubstrateError, OSError):
            # a platform that is gone, or a full disk, has been told of elsewhere
            return

    def _deployment(self, name: str, run_id: str, logs_folder: Path) -> Deployment:
        settings, platform = self.settings, None
        if name != NO_PLATFORM:
            settings.require([name])
            made = platform_class(name)
            sabotage = settings.sabotage if settings.sabotage in {known.name for known in made.sabotages()} else None
            platform = made(settings.platform_values(name), sabotage=sabotage, deadline_factor=settings.deadline_factor)
        chosen = settings.substrate if platform is not None else NO_SUBSTRATE
        substrate = create_substrate(
            chosen,
            platform,
            run_id=run_id,
            logs_folder=logs_folder,
            deadline_factor=settings.deadline_factor,
            **settings.of_substrate(chosen),
        )
        return Deployment(substrate, platform)


def _carries(scenario: Scenario, tag: str) -> bool:
    """Whether it or what it stands in has the tag; asked of every scenario several times, so that no set of all tags is made."""
    statement = scenario
    while statement is not None and tag not in statement.tags:
        statement = statement.parent
    return statement is not None


def _running(deployments: Mapping[str, Deployment]) -> list[RunningPlatform]:
    return [running for deployment in deployments.values() if (running := deployment.running) is not None]


def _needed(scenario: Scenario, platform: Platform | None) -> set[str]:
    """The capabilities that a scenario needs: by its tags, by its sentences, and to change anything at all."""
    tags = [str(tag) for tag in scenario.effective_tags]
    needed = {match[1] for tag in tags if (match := NEEDS.fullmatch(tag))}
    if platform is None:
        return needed
    needed |= set() if ONLY_READS in tags else {WRITING}
    sentences = [step.name for step in scenario.all_steps]
    return needed | {
        capability for capability, pattern in platform.sentences_that_need.items() if any(re.search(pattern, text) for text in sentences)
    }


_current: RunSession | None = None


def begin_session(settings: Settings) -> RunSession:
    """Make the session of this process's run."""
    global _current
    _current = RunSession(settings, RunFolder(settings.results_folder))
    return _current


def take_deaths() -> tuple[str, ...]:
    """The platform's services that died since the last time, as far as they were noticed in this process."""
    if _current is None:
        return ()
    deaths, _current.died[:] = tuple(_current.died), []
    return deaths


def current_session() -> RunSession:
    """The run's session; plain behave, which has none, gets one from the settings. Raises SettingsError."""
    return _current or begin_session(read_settings())


def _redact_written_files(of_run: RunFolder) -> None:
    """Services, pods and programs write logs and other files themselves; nobody does any more."""
    for folder in (of_run.logs, of_run.scenarios):
        redact_files(folder)
