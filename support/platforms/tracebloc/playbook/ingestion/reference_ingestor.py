"""The reference ingestor, which stands in for tracebloc-ingest where there is no MySQL, run on files of the scenario's own.

Source: tracebloc-ingestor 0.8.94 (`ingest.v1.json`, `storage.v1.json`) for what it is told and what it leaves.
"""

import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from support.platforms.tracebloc.clients.dataset_store import DatasetStore, StoredTable
from support.platforms.tracebloc.scene import RegisteredEnvironment, Scene


@dataclass
class Desk:
    """A database and files that the scenario has for itself, and what the last run said."""

    folder: Path
    table: str
    environment: RegisteredEnvironment
    config: dict[str, Any] = field(default_factory=dict)
    backend_url: str = ""
    """Where it finds the platform; empty: where everybody does."""
    exit_code: int = 0
    log: str = ""
    first_table: str = ""
    """Where the rows went before; empty: nowhere else."""

    @property
    def database_url(self) -> SecretStr:
        """Where the rows go."""
        return SecretStr(f"sqlite:///{self.folder}/datasets.sqlite")

    @property
    def stored(self) -> StoredTable:
        """What is there now."""
        return DatasetStore(self.database_url).read(self.table)

    @property
    def first_stored(self) -> StoredTable:
        """What is in the table of before."""
        return DatasetStore(self.database_url).read(self.first_table)


def set_up(
    scene: Scene, environment: RegisteredEnvironment, types: Mapping[str, str], label: str, rows: Sequence[Mapping[str, str]]
) -> Desk:
    """Write a file with these rows and a configuration that says the types of its columns."""
    folder = scene.folder / "reference ingestion"
    folder.mkdir(parents=True, exist_ok=True)
    desk = scene.keep(Desk(folder, scene.names.table("rows"), environment))
    desk.config = {
        "apiVersion": "tracebloc.io/v1",
        "kind": "IngestConfig",
        "category": "tabular_classification",
        "table": desk.table,
        "intent": "train",
        "csv": str(folder / "rows.csv"),
        # the label may have a type there, and is no feature for all that
        "schema": {**types, label: "VARCHAR(20)"},
        "label": label,
    }
    write_rows(desk, [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)])
    return desk


def turn_to_second_table(scene: Scene, desk: Desk) -> None:
    """The rows go there from now on."""
    desk.first_table, desk.table = desk.table, scene.names.table("more_rows")
    desk.config["table"] = desk.table


def write_rows(desk: Desk, lines: Sequence[Sequence[str]]) -> None:
    """The file, a header line first."""
    Path(desk.config["csv"]).write_text("".join(f"{','.join(line)}\n" for line in lines), encoding="utf-8")


def add_rows(desk: Desk, lines: Sequence[Sequence[str]]) -> None:
    """Further lines, behind those that are there."""
    with Path(desk.config["csv"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{','.join(line)}\n" for line in lines)


def run(scene: Scene, desk: Desk) -> None:
    """Run the ingestor's own code to its end, in this process; what it said is kept."""
    from environments.platforms.tracebloc.ingestor.runs import log
    from environments.platforms.tracebloc.ingestor.runs import run as ingest
    from environments.platforms.tracebloc.ingestor.settings import Settings

    settings = Settings(
        tracebloc_ingest_config=_configuration(desk),
        tracebloc_env=scene.client_env,
        tracebloc_backend_token=SecretStr(desk.environment.stub_participant.token),
        database_url=desk.database_url,
        backend_url=desk.backend_url or scene.addresses.backend_url,
    )
    said = io.StringIO()
    listener = logging.StreamHandler(said)
    log.addHandler(listener)
    try:
        with scene.story.part("the reference ingestor runs") as part:
            desk.exit_code = ingest(settings)
            part.detail = f"exit code {desk.exit_code}"
    finally:
        log.removeHandler(listener)
        desk.log = said.getvalue()


def leave_killed_run(desk: Desk) -> None:
    """Leave what a run leaves that is killed when its rows are stored and nobody has been told."""
    from environments.platforms.tracebloc.ingestor.config import read_config
    from environments.platforms.tracebloc.ingestor.rows import read_rows
    from environments.platforms.tracebloc.ingestor.tables import Tables

    config = read_config(_configuration(desk))
    tables = Tables(desk.database_url.get_secret_value(), config, "the run that was killed")
    try:
        tables.write(read_rows(config))
    finally:
        tables.close()


def _configuration(desk: Desk) -> Path:
    import yaml

    file = desk.folder / "ingest.yaml"
    file.write_text(yaml.safe_dump(desk.config), encoding="utf-8")
    return file


def refusal(desk: Desk, change: Mapping[str, Any], lines: Sequence[Sequence[str]] | None) -> str:
    """What the ingestor says of the configuration with a change, or of other rows, in this process; empty when it takes them."""
    import yaml

    from environments.platforms.tracebloc.ingestor.config import ConfigRefused, read_config
    from environments.platforms.tracebloc.ingestor.rows import DataRefused, read_rows

    kept = Path(desk.config["csv"]).read_bytes()
    file = desk.folder / "changed.yaml"
    file.write_text(yaml.safe_dump({**desk.config, **change}), encoding="utf-8")
    try:
        if lines is not None:
            write_rows(desk, lines)
        read_rows(read_config(file))
    except (ConfigRefused, DataRefused) as error:
        return str(error)
    finally:
        Path(desk.config["csv"]).write_bytes(kept)
    return ""
