"""What can be set: by variable (`RINGMASTER_...`), by file (`ringmaster.toml`), by option of the command line.

A variable wins over the file; an option wins over both. Source: our choice.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, PositiveInt, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from environments.client_environment import ClientEnvironmentRefused, guarded_client_environment
from environments.reference_platform.sabotage import Sabotage
from support.client_scripts.checkout import client_checkout
from support.front_end import front_end_checkout
from support.nearest import did_you_mean

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


class SettingsError(Exception):
    """A setting is missing, unknown or wrong; the text says which, where it stands and what would do."""


def _guard(value: object, info: ValidationInfo) -> str | None:
    if value is None and info.data.get("substrate") == NO_PLATFORM:
        return None
    try:
        return guarded_client_environment(None if value is None else str(value))
    except ClientEnvironmentRefused as refused:
        raise ValueError(str(refused)) from refused


def _known_sabotage(value: object) -> object:
    if value and value not in set(Sabotage):
        raise ValueError(f"'{value}' is not a sabotage.{did_you_mean(str(value), Sabotage)} `ringmaster sabotages` lists them")
    return value or None


def _client_checkout(folder: Path | None) -> Path | None:
    return None if folder is None else client_checkout(folder)


def _frontend_checkout(folder: Path | None) -> Path | None:
    return None if folder is None else front_end_checkout(folder)


class Settings(BaseSettings):
    """All settings of a run."""

    model_config = SettingsConfigDict(env_prefix=VARIABLE_PREFIX, extra="forbid", validate_default=True)

    substrate: str = Field(
        "embedded", description="where the platform runs: embedded, compose, kind, remote; or none, for features without one"
    )
    client_env: Annotated[str | None, BeforeValidator(_guard)] = Field(
        None, description="the platform's environment name (CLIENT_ENV): dev or stg; there is no default, on purpose"
    )
    deadline_factor: float = Field(1.0, gt=0, le=100, description="stretches every deadline, for slow substrates")
    results_folder: Path = Field(Path("reports/out"), description="where each run leaves its results, in a folder of its own")
    sabotage: Annotated[Sabotage | None, BeforeValidator(_known_sabotage)] = Field(
        None, description="one named defect to switch on in the reference platform (see `ringmaster sabotages`)"
    )
    ingestor: Literal["auto", "tracebloc-ingest", "reference"] = Field(
        "auto", description="which ingestor step 5 runs; auto: the real one where MariaDB is installed"
    )
    allure: bool = Field(True, description="write Allure results")
    workers: PositiveInt | Literal["auto"] = Field("auto", description="how many scenarios run at once; auto: one for each processor core")
    step_budget: PositiveFloat | None = Field(None, description="seconds that any step may take")
    scenario_budget: PositiveFloat | None = Field(None, description="seconds that a scenario without a @budget tag may take")
    ring_budgets: dict[str, PositiveFloat] = Field({}, description="seconds from a ring's first scenario to its last, such as ring1 = 60")
    run_budget: PositiveFloat | None = Field(None, description="seconds that all scenarios together may take")
    client_checkout: Annotated[Path | None, AfterValidator(_client_checkout)] = Field(
        None, description="folder of a checkout of tracebloc/client, whose chart and installer scripts are then tested"
    )
    frontend_checkout: Annotated[Path | None, AfterValidator(_frontend_checkout)] = Field(
        None, description="folder of a checkout of the front end, whose Cypress specs are then run against the platform"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options first, then variables, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _settings_file())

    @property
    def environment_name(self) -> str:
        """The guarded environment name."""
        if self.client_env is None:
            raise SettingsError("client_env is not set")
        return self.client_env

    @property
    def worker_count(self) -> int:
        """How many scenarios run at once."""
        return len(os.sched_getaffinity(0)) if self.workers == "auto" else self.workers

    def lines(self) -> list[str]:
        """Each setting as `name = value`."""
        return [f"{name} = {_shown(value)}" for name, value in self.model_dump().items()]


def read_settings(**options: Any) -> Settings:
    """The settings of this run; raises SettingsError.

    Args:
        options: given on the command line; those that are None are left to the variables and the file.
    """
    _refuse_unknown_variables()
    _refuse_broken_file()
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("\n".join(_problem(dict(problem), options) for problem in error.errors(include_url=False))) from error


def _settings_file() -> Path:
    return Path(os.environ.get(FILE_VARIABLE) or DEFAULT_FILE)


def _refuse_broken_file() -> None:
    file = _settings_file()
    if not file.exists():
        if os.environ.get(FILE_VARIABLE):
            raise SettingsError(f"the settings file {file} (named by {FILE_VARIABLE}) does not exist: create it or unset the variable")
        return
    try:
        tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"the settings file {file} is not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {file} cannot be read: {error}") from error


def _refuse_unknown_variables() -> None:
    known = {f"{VARIABLE_PREFIX}{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
    for name in sorted(os.environ):
        if name.startswith(VARIABLE_PREFIX) and name not in known:
            raise SettingsError(f"the variable {name} is not a setting.{did_you_mean(name, sorted(known))}")


def _problem(problem: dict[str, Any], options: dict[str, Any]) -> str:
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        return f"{_settings_file()}: '{name}' is not a setting.{did_you_mean(name, Settings.model_fields)}"
    return f"{_place(name, options)}: {message}"


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
