"""What the doctor finds: for a substrate what it asks for itself, and the machine around it."""

import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import psutil

from environments.ledger import left_over_runs
from environments.requirements import PLATFORM, Requirement, pip_command
from environments.substrate import create
from support.authoring.tags import known_capabilities
from support.capabilities import why_missing
from support.doctor.installing import install_command, package_manager, system_name
from support.doctor.versions import Difference, differences
from support.settings import Settings, SettingsError, read_settings

GIB = 2**30
LEAST_MEMORY, LEAST_DISK, FEW_CORES = 2 * GIB, 2 * GIB, 2

State = Literal["there", "missing", "left out", "low"]

# programs that no substrate of today needs to start, and what they are for
OTHER_PROGRAMS = {
    "docker": "containers: the one-line installer, the substrates compose and kind",
    "kubectl": "a look into a cluster: the substrate kind",
    "helm": "rendering the client's chart",
    "k3d": "the one-line installer's cluster",
    "npx": "the Allure report as a page",
    "git": "checkouts of the platform's public scripts",
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
class _Unset:
    """Stands for settings that cannot be read, so that everything else can be looked at."""

    sabotage: str | None = None
    ingestor: Literal["auto", "tracebloc-ingest", "reference"] = "auto"
    deadline_factor: float = 1.0
    client_checkout: Path | None = None
    frontend_checkout: Path | None = None


def diagnose(substrate_name: str | None = None) -> Diagnosis:
    """Look at everything; raises UnknownSubstrate."""
    settings, settings_check = _settings(substrate_name)
    name = substrate_name or (settings.substrate if settings else "embedded")
    # made, and not started: nothing happens but that it looks for programs
    known = settings or _Unset()
    substrate = create(name, known, run_id="doctor", logs_folder=Path(tempfile.gettempdir()))
    manager = package_manager()
    checks = [settings_check, *(_check(requirement, manager) for requirement in substrate.requirements())]
    checks += [*_machine(), *(_program(program, purpose, manager) for program, purpose in OTHER_PROGRAMS.items()), _left_overs()]
    reasons = {capability: why_missing(capability, known, substrate) for capability in sorted(known_capabilities())}
    lacks = {capability: reason for capability, reason in reasons.items() if reason}
    has = [capability for capability in reasons if capability not in lacks]
    return Diagnosis(substrate.name, system_name(), checks, has, lacks, differences())


def _settings(substrate: str | None) -> tuple[Settings | None, Check]:
    try:
        settings = read_settings(substrate=substrate)
    except SettingsError as error:
        return None, Check("settings", "missing", str(error), PLATFORM, "put it right in ringmaster.toml, or by variable or option")
    return settings, Check("settings", "there", f"environment {settings.environment_name}", PLATFORM)


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
