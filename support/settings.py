"""What can be set: by variable (`RINGMASTER_...`), by file (`ringmaster.toml`), by option of the command line.

A variable wins over the file; an option wins over both. Source: our choice.
"""

import os
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from environments.platforms.tracebloc.client_environment import guarded_client_environment
from environments.platforms.tracebloc.sabotages import Sabotage
from support.nearest import did_you_mean
from support.platforms.tracebloc.client_scripts.checkout import client_checkout
from support.platforms.tracebloc.front_end import front_end_checkout
from support.setting_values import Reader, count_or_auto, flag, folder, number, one_of, table_of, text

VARIABLE_PREFIX = "RINGMASTER_"
FILE_VARIABLE = "RINGMASTER_SETTINGS_FILE"
DEFAULT_FILE = "ringmaster.toml"
OTHER_VARIABLES = {
    FILE_VARIABLE,
    "RINGMASTER_LEDGER_FOLDER",
    "RINGMASTER_RUN",
    "RINGMASTER_TOX",
    "RINGMASTER_WARM_FOLDER",
    "RINGMASTER_WORKER",
}
NO_PLATFORM = "none"
Ingestor: TypeAlias = Literal["auto", "tracebloc-ingest", "reference"]


class SettingsError(Exception):
    """A setting is missing, unknown or wrong; the text says which, where it stands and what would do."""


def _sabotage(given: object) -> Sabotage | None:
    known = {str(sabotage): sabotage for sabotage in Sabotage}
    if given and given not in known:
        raise ValueError(f"'{given}' is not a sabotage.{did_you_mean(str(given), known)} `ringmaster sabotages` lists them")
    return known[str(given)] if given else None


def _environment(given: object) -> str:
    return guarded_client_environment(text(given))


def _client_checkout(given: object) -> Path:
    return client_checkout(folder(given))


def _front_end_checkout(given: object) -> Path:
    return front_end_checkout(folder(given))


@dataclass
class Settings:
    """All settings of a run."""

    substrate: str = "embedded"
    """Where the platform runs: embedded, compose, kind, remote; or none, for features without one."""
    client_env: str | None = None
    """The platform's environment name (CLIENT_ENV): dev or stg; there is no default, on purpose."""
    deadline_factor: float = 1.0
    """Stretches every deadline, for slow substrates."""
    results_folder: Path = Path("reports/out")
    """Where each run leaves its results, in a folder of its own."""
    sabotage: Sabotage | None = None
    """One named defect to switch on in the reference platform (see `ringmaster sabotages`)."""
    ingestor: Ingestor = "auto"
    """Which ingestor step 5 runs; auto: the real one where MariaDB is installed."""
    allure: bool = True
    """Write Allure results."""
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
    client_checkout: Path | None = None
    """Folder of a checkout of tracebloc/client, whose chart and installer scripts are then tested."""
    frontend_checkout: Path | None = None
    """Folder of a checkout of the front end, whose Cypress specs are then run against the platform."""

    @property
    def environment_name(self) -> str:
        """The guarded environment name."""
        if self.client_env is None:
            raise SettingsError("client_env is not set")
        return self.client_env

    def platform_values(self, name: str) -> dict[str, Any]:
        """The values of one platform's settings."""
        return {key: getattr(self, key) for key in ("client_env", "ingestor", "client_checkout", "frontend_checkout")}

    def require(self, platforms: Iterable[str]) -> None:
        """Refuse to run these platforms without the settings that they cannot do without; raises SettingsError."""

    @property
    def worker_count(self) -> int:
        """How many scenarios run at once."""
        return len(os.sched_getaffinity(0)) if isinstance(self.workers, str) else self.workers

    def lines(self) -> list[str]:
        """Each setting as `name = value`."""
        return [f"{name} = {_shown(value)}" for name, value in asdict(self).items()]


READERS: dict[str, Reader[Any]] = {
    "substrate": text,
    "client_env": _environment,
    "deadline_factor": number(most=100),
    "results_folder": folder,
    "sabotage": _sabotage,
    "ingestor": one_of(get_args(Ingestor)),
    "allure": flag,
    "workers": count_or_auto,
    "step_budget": number(),
    "scenario_budget": number(),
    "ring_budgets": table_of(number()),
    "run_budget": number(),
    "client_checkout": _client_checkout,
    "frontend_checkout": _front_end_checkout,
}


def read_settings(**options: Any) -> Settings:
    """The settings of this run; raises SettingsError.

    Args:
        options: given on the command line; those that are None are left to the variables and the file.
    """
    given = _in_file() | _in_variables() | {name: value for name, value in options.items() if value is not None}
    if "client_env" not in given and given.get("substrate") != NO_PLATFORM:
        given["client_env"] = ""
    values, problems = {}, []
    for name, value in given.items():
        try:
            if name in READERS:
                values[name] = READERS[name](value)
            else:
                problems.append(f"{_settings_file()}: '{name}' is not a setting.{did_you_mean(name, READERS)}")
        except ValueError as error:
            problems.append(f"{_place(name, options)}: {error}")
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def _settings_file() -> Path:
    return Path(os.environ.get(FILE_VARIABLE) or DEFAULT_FILE)


def _in_file() -> dict[str, Any]:
    file = _settings_file()
    if not file.exists():
        if os.environ.get(FILE_VARIABLE):
            raise SettingsError(f"the settings file {file} (named by {FILE_VARIABLE}) does not exist: create it or unset the variable")
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"the settings file {file} is not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {file} cannot be read: {error}") from error


def _in_variables() -> dict[str, str]:
    names = {f"{VARIABLE_PREFIX}{name.upper()}": name for name in READERS}
    given = {name: value for name, value in os.environ.items() if name.startswith(VARIABLE_PREFIX) and name not in OTHER_VARIABLES}
    for variable in sorted(given.keys() - names.keys()):
        raise SettingsError(f"the variable {variable} is not a setting.{did_you_mean(variable, sorted(names.keys() | OTHER_VARIABLES))}")
    return {names[variable]: value for variable, value in given.items()}


def _place(name: str, options: dict[str, Any]) -> str:
    if options.get(name) is not None:
        return f"option --{name.replace('_', '-')}"
    variable = f"{VARIABLE_PREFIX}{name.upper()}"
    if variable in os.environ:
        return f"variable {variable}"
    return f"setting '{name}' ({_settings_file()} or variable {variable})"


def _shown(value: object) -> str:
    return "(not set)" if value is None else str(value)


def read_results_folder(given: Path | None) -> Path:
    """Where results are left, for commands that only look at them and need no environment name. Raises SettingsError."""
    return read_settings(results_folder=given, substrate="none").results_folder
