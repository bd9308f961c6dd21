"""What can be set: by variable (`RINGMASTER_...`), by file (`ringmaster.toml`), by option of the command line.

A variable wins over the file; an option wins over both. Source: our choice.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

from environments.choose import (
    DEADLINE_FACTORS,
    KIND_SUBSTRATE,
    REMOTE_SUBSTRATE,
    all_sabotages,
    platform_class,
    platform_classes,
    platform_names,
)
from environments.network import reaching
from environments.platform import Setting
from environments.settings.values import Reader, count_or_auto, flag, folder, list_of_texts, number, period, table_of, text
from support import notification
from support.nearest import did_you_mean
from support.settings_file import DECLARATIONS, FILE_VARIABLE, SettingsError, declared, read_file, settings_file

VARIABLE_PREFIX = "RINGMASTER_"
OF_OTHERS = ("RINGMASTER_COMPOSE_", "RINGMASTER_ENGINE_", "RINGMASTER_KIND_")
"""What begins like one of these is read, and refused, by that substrate alone."""
OTHER_VARIABLES = {
    FILE_VARIABLE,
    *reaching.OWN_VARIABLES,
    *notification.VARIABLES,
    "RINGMASTER_JITTER",
    "RINGMASTER_LEDGER_FOLDER",
    "RINGMASTER_PLATFORM",
    "RINGMASTER_RUN",
    "RINGMASTER_TOX",
    "RINGMASTER_WARM_FOLDER",
    "RINGMASTER_WORKER",
}


def _sabotage(given: object) -> str | None:
    known = all_sabotages() if given else {}
    if given and given not in known:
        raise ValueError(f"'{given}' is not a sabotage.{did_you_mean(str(given), known)} `ringmaster sabotages` lists them")
    return str(given) if given else None


@dataclass
class Settings:
    """All settings of a run: those of every run, and those of each platform (see `platform_values`)."""

    substrate: str = "embedded"
    """Where the platforms run: embedded, compose, kind, remote; or none, for features without one."""
    deadline_factor: float = 1.0
    """Stretches every deadline, for slow substrates."""
    default_platform: str | None = None
    """The platform that commands take which want one and are given none, such as `ringmaster up`."""
    deployment: str | None = None
    """The deployment that the substrate remote runs on, by name or by its file."""
    allowed_deployments: list[str] = field(default_factory=list)
    """Those outside this machine that scenarios may run on, by name."""
    allowed_contexts: list[str] = field(default_factory=list)
    """Contexts of the kubeconfig outside this machine whose pods scenarios may look at, by name."""
    keep_cluster: bool = False
    """The substrate kind leaves its cluster, and later runs that want the same nodes use it again."""
    results_folder: Path = Path("reports/out")
    """Where each run leaves its results, in a folder of its own."""
    sabotage: str | None = None
    """One named defect to switch on in a reference platform (see `ringmaster sabotages`)."""
    allure: bool = True
    """Write Allure results."""
    report: bool = True
    """Write the report that people open, `report.html`."""
    workers: int | Literal["auto"] = "auto"
    """How many scenarios run at once; auto: one for each processor core."""
    step_budget: float | None = None
    """Seconds that any step may take."""
    scenario_budget: float | None = None
    """Seconds that a scenario without a @budget tag may take."""
    ring_budgets: dict[str, float] = field(default_factory=dict)
    """Seconds from a ring's first scenario to its last, such as ring1 = 60."""
    run_budget: float | None = None
    """Seconds that all scenarios together may take."""
    keep_results: str = "30d"
    """How old the results of a run get before `ringmaster clean` removes them, such as 12h, 30d or 2w, or never."""
    of_platforms: dict[str, Any] = field(default_factory=dict)
    """What was given of the platforms' settings, by name."""

    @property
    def worker_count(self) -> int:
        """How many scenarios run at once."""
        return len(os.sched_getaffinity(0)) if isinstance(self.workers, str) else self.workers

    def chosen_platform(self, name: str | None) -> str:
        """The platform of that name, else the default one, else the only one there is; raises SettingsError."""
        known = platform_names()
        if chosen := name or self.default_platform or (known[0] if len(known) == 1 else None):
            return chosen
        raise SettingsError(f"which platform? Name one of {', '.join(known)}, or set 'default_platform'")

    def platform_values(self, name: str) -> Mapping[str, Any]:
        """The values of one platform's settings, by their names; raises UnknownPlatform."""
        return {setting.name: self.of_platforms.get(setting.name, setting.default) for setting in platform_class(name).settings}

    def of_substrate(self, name: str) -> Mapping[str, Any]:
        """The settings that only one substrate takes."""
        if name == REMOTE_SUBSTRATE:
            return {
                "deployment": self.deployment,
                "allowed_deployments": self.allowed_deployments,
                "allowed_contexts": self.allowed_contexts,
            }
        return {"keep_cluster": self.keep_cluster} if name == KIND_SUBSTRATE else {}

    def require(self, platforms: Iterable[str]) -> None:
        """Refuse to run these platforms without the settings that they cannot do without; raises SettingsError."""
        missing = [
            setting
            for name in platforms
            for setting in platform_class(name).settings
            if setting.required and self.of_platforms.get(setting.name) is None
        ]
        problems = [f"{_place(setting.name, {})}: {_why_required(setting)}" for setting in missing]
        if problems:
            raise SettingsError("\n".join(problems))

    def lines(self) -> list[str]:
        """Each setting as `name = value`, those of a platform under its name."""
        own = [f"{one.name} = {_shown(getattr(self, one.name))}" for one in fields(self) if one.name in READERS]
        for platform in platform_classes():
            values = self.platform_values(platform.name)
            own += ["", f"{platform.name}:", *(f"  {name} = {_shown(value)}" for name, value in values.items())] if values else []
        return own


READERS: dict[str, Reader[Any]] = {
    "substrate": text,
    "deadline_factor": number(most=100),
    "default_platform": text,
    "deployment": text,
    "allowed_deployments": list_of_texts,
    "allowed_contexts": list_of_texts,
    "keep_cluster": flag,
    "results_folder": folder,
    "sabotage": _sabotage,
    "allure": flag,
    "report": flag,
    "workers": count_or_auto,
    "step_budget": number(),
    "scenario_budget": number(),
    "ring_budgets": table_of(number()),
    "run_budget": number(),
    "keep_results": period,
}


@cache
def platform_settings() -> Mapping[str, Setting]:
    """The settings of all platforms, by name; raises SettingsError when a name is taken twice."""
    found: dict[str, tuple[str, Setting]] = {}
    for platform in platform_classes():
        for setting in platform.settings:
            other = "every run" if setting.name in READERS else found[setting.name][0] if setting.name in found else None
            if other:
                raise SettingsError(f"'{setting.name}' is a setting of {other} and of {platform.name}: rename the latter")
            found[setting.name] = (platform.name, setting)
    return {name: setting for name, (_, setting) in found.items()}


def read_settings(**options: Any) -> Settings:
    """The settings of this run; raises SettingsError. What a platform cannot do without is asked for by `Settings.require`.

    Args:
        options: given on the command line; those that are None are left to the variables and the file.
    """
    declared()
    given = _in_file() | _in_variables() | {name: value for name, value in options.items() if value is not None}
    readers = READERS | {name: setting.read for name, setting in platform_settings().items()}
    values, problems = {}, []
    for name, value in given.items():
        try:
            if name in readers:
                values[name] = readers[name](value)
            else:
                problems.append(f"{settings_file()}: '{name}' is not a setting.{did_you_mean(name, readers)}")
        except ValueError as error:
            problems.append(f"{_place(name, options)}: {error}")
    if problems:
        raise SettingsError("\n".join(problems))
    of_platforms = {name: values.pop(name) for name in platform_settings() if name in values}
    values.setdefault("deadline_factor", DEADLINE_FACTORS.get(values.get("substrate", Settings.substrate), Settings.deadline_factor))
    return Settings(**values, of_platforms=of_platforms)


def _in_file() -> dict[str, Any]:
    return {name: value for name, value in read_file().items() if name not in DECLARATIONS}


def _in_variables() -> dict[str, str]:
    names = {f"{VARIABLE_PREFIX}{name.upper()}": name for name in (*READERS, *platform_settings())}
    ours = {name: value for name, value in os.environ.items() if name.startswith(VARIABLE_PREFIX) and name not in OTHER_VARIABLES}
    given = {name: value for name, value in ours.items() if not name.startswith(OF_OTHERS)}
    for variable in sorted(given.keys() - names.keys()):
        raise SettingsError(f"the variable {variable} is not a setting.{did_you_mean(variable, sorted(names.keys() | OTHER_VARIABLES))}")
    return {names[variable]: value for variable, value in given.items()}


def _why_required(setting: Setting) -> str:
    try:
        setting.read("")
    except ValueError as error:
        return str(error)
    return f"it is not set: {setting.meaning}"


def _place(name: str, options: dict[str, Any]) -> str:
    if options.get(name) is not None:
        return f"option --{name.replace('_', '-')}"
    variable = f"{VARIABLE_PREFIX}{name.upper()}"
    if variable in os.environ:
        return f"variable {variable}"
    return f"setting '{name}' ({settings_file()} or variable {variable})"


def _shown(value: object) -> str:
    return "(not set)" if value is None else str(value)


def read_results_folder(given: Path | None) -> Path:
    """Where results are left, for commands that only look at them. Raises SettingsError."""
    return read_settings(results_folder=given).results_folder
