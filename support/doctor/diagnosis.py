"""What the doctor finds: for a substrate what it asks for itself, and the machine around it."""

import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import psutil

from environments.choose import NO_SUBSTRATE, REMOTE_SUBSTRATE, create_substrate, platform_classes, platform_of_deployment
from environments.ledger import left_over_runs
from environments.platform import Platform
from environments.requirements import PLATFORM, Requirement, pip_command
from environments.substrate import Substrate
from support.capabilities import known_capabilities, why_missing
from support.doctor.installing import install_command, package_manager, system_name
from support.doctor.versions import Difference, differences
from support.settings import Settings, read_settings
from support.settings_file import SettingsError

GIB = 2**30
LEAST_MEMORY, LEAST_DISK, FEW_CORES = 2 * GIB, 2 * GIB, 2

State = Literal["there", "missing", "left out", "low"]

# programs that no substrate of today needs to start, and what they are for
OTHER_PROGRAMS = {
    "docker": "containers: the substrates compose and kind",
    "kubectl": "a look into a cluster: the substrate kind",
    "npx": "the Allure report as a page",
}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    found: str
    purpose: str
    what_to_do: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was looked at; `lacks` gives the reason for each capability that the substrate does not have."""

    substrate: str
    system: str
    checks: list[Check]
    has: list[str] = field(default_factory=list)
    lacks: dict[str, str] = field(default_factory=dict)
    versions: list[Difference] = field(default_factory=list)
    """Packages in other versions than the project was tested with; a warning, since they may do as well."""

    @property
    def fit(self) -> bool:
        """Whether everything is there that the substrate needs."""
        return not any(check.state == "missing" for check in self.checks)

    def as_dictionary(self) -> dict[str, object]:
        """For programs."""
        return {"fit": self.fit, **asdict(self)}


@dataclass(frozen=True)
class _Pair:
    """A platform on the substrate; both are made and not started: nothing happens but that they look for programs."""

    platform: Platform | None
    substrate: Substrate

    def requirements(self) -> list[Requirement]:
        of_platform = self.platform.requirements() if self.platform else ()
        purpose = f"the platform {self.platform.name}" if self.platform else PLATFORM
        return [
            *self.substrate.requirements(),
            *(one._replace(purpose=purpose) if one.purpose == PLATFORM else one for one in of_platform),
        ]


def diagnose(substrate_name: str | None = None) -> Diagnosis:
    """Look at everything; raises UnknownSubstrate and DeploymentRefused."""
    settings, checks = _settings(substrate_name)
    pairs = _pairs(substrate_name or settings.substrate, settings)
    manager = package_manager()
    required: dict[str, Requirement] = {}
    for requirement in (requirement for pair in pairs for requirement in pair.requirements()):
        required.setdefault(requirement.name, requirement)
    checks += [_check(requirement, manager) for requirement in required.values()]
    checks += [*_machine(), *(_program(program, purpose, manager) for program, purpose in OTHER_PROGRAMS.items()), _left_overs()]
    reasons = {capability: _why_missing(capability, pairs) for capability in sorted(known_capabilities())}
    lacks = {capability: reason for capability, reason in reasons.items() if reason}
    has = [capability for capability in reasons if capability not in lacks]
    return Diagnosis(pairs[0].substrate.name, system_name(), checks, has, lacks, differences())


def _pairs(name: str, settings: Settings) -> list[_Pair]:
    platforms: list[Platform | None] = [platform(settings.platform_values(platform.name)) for platform in _platforms_on(name, settings)]
    folder = Path(tempfile.gettempdir())
    return [
        _Pair(platform, create_substrate(name, platform, run_id="doctor", logs_folder=folder, **settings.of_substrate(name)))
        for platform in platforms or [None]
    ]


def _platforms_on(name: str, settings: Settings) -> "list[type[Platform]]":
    if name == NO_SUBSTRATE:
        return []
    if name == REMOTE_SUBSTRATE:
        there = platform_of_deployment(settings.deployment)
        return [platform for platform in platform_classes() if platform.name == there]
    return platform_classes()


def _why_missing(capability: str, pairs: list[_Pair]) -> str | None:
    """Why no platform has it here; the reason of the platform whose capability it is."""
    concerned = [pair for pair in pairs if pair.platform and capability in pair.platform.capabilities] or pairs
    reasons = [why_missing(capability, pair.platform, pair.substrate) for pair in concerned]
    return reasons[0] if all(reasons) else None


def _settings(substrate: str | None) -> tuple[Settings, list[Check]]:
    """The settings, or the defaults when they are wrong, so that everything else can be looked at."""
    try:
        settings = read_settings(substrate=substrate)
    except SettingsError as error:
        return Settings(), [Check("settings", "missing", str(error), PLATFORM, "correct them in ringmaster.toml, or by variable or option")]
    checks = [Check("settings", "there", "can be read", PLATFORM)]
    for platform in platform_classes():
        try:
            settings.require([platform.name])
        except SettingsError as error:
            checks.append(Check(f"settings of {platform.name}", "left out", str(error), f"the platform {platform.name}"))
    return settings, checks


def _check(requirement: Requirement, manager: str | None) -> Check:
    found = requirement.probe()
    if found is not None:
        return Check(requirement.name, "there", found, requirement.purpose)
    advice = {
        "package": lambda: pip_command([requirement.install]),
        "program": lambda: install_command(requirement.name, manager),
        "machine": lambda: requirement.install,
    }[requirement.kind]()
    return Check(requirement.name, "missing" if requirement.needed else "left out", "not there", requirement.purpose, advice)


def _program(name: str, purpose: str, manager: str | None) -> Check:
    path = shutil.which(name)
    if path:
        return Check(name, "there", path, purpose)
    return Check(name, "left out", "not there", purpose, install_command(name, manager))


def _machine() -> list[Check]:
    memory = psutil.virtual_memory().available
    disk = shutil.disk_usage(tempfile.gettempdir()).free
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return [
        _amount("memory", memory / GIB, LEAST_MEMORY / GIB, "GiB free", "close other programs, or run fewer workers"),
        _amount("disk", disk / GIB, LEAST_DISK / GIB, f"GiB free in {tempfile.gettempdir()}", "make room, or set TMPDIR to another disk"),
        _amount("cores", cores, FEW_CORES, "cores", "raise deadline_factor: everything takes longer here"),
    ]


def _amount(name: str, there: float, least: float, unit: str, advice: str) -> Check:
    enough = there >= least
    return Check(name, "there" if enough else "low", f"{there:.3g} {unit}", "a run at its usual speed", "" if enough else advice)


def _left_overs() -> Check:
    runs = left_over_runs()
    if not runs:
        return Check("left-overs of killed runs", "there", "none", "a clean machine")
    names = ", ".join(run.run_id for run in runs)
    return Check("left-overs of killed runs", "low", names, "a clean machine", "ringmaster clean (the next run does it too)")
