"""The ingest.yaml of one run, held to what the reference ingestor can do. Source: tracebloc-ingestor 0.8.94 (`ingest.v1.json`)."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

ColumnType = Annotated[
    str, Field(pattern=r"(?i)^(TINYINT|SMALLINT|INT|INTEGER|BIGINT|FLOAT|DOUBLE|DECIMAL|BOOL|BOOLEAN|VARCHAR|CHAR|TEXT)\b")
]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]

RESERVED = frozenset(
    {"id", "created_at", "updated_at", "status", "data_intent", "data_id", "filename", "extension", "annotation", "ingestor_id"}
)


class ConfigRefused(Exception):
    """The configuration is not one this ingestor can run; the text says why, for its author."""


class Label(BaseModel):
    """Which column holds the label."""

    model_config = ConfigDict(extra="forbid")

    column: str
    policy: Literal["passthrough"] = "passthrough"


class IngestConfig(BaseModel):
    """One dataset: a CSV file, the types of its columns, and its label."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    api_version: Literal["tracebloc.io/v1"] = Field(alias="apiVersion")
    kind: Literal["IngestConfig"]
    category: Literal["tabular_classification"]
    table: Name
    intent: Literal["train", "test"]
    csv: Path
    columns: dict[str, ColumnType] = Field(alias="schema", min_length=1)
    label: str | Label

    @property
    def label_column(self) -> str:
        """The CSV column that holds the label."""
        return self.label if isinstance(self.label, str) else self.label.column

    @property
    def features(self) -> list[str]:
        """The feature columns in the order of the table: alphabetical."""
        return sorted(column for column in self.columns if column != self.label_column)


def read_config(path: Path) -> IngestConfig:
    """Read and check the file; raises ConfigRefused."""
    import yaml

    try:
        content: Any = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigRefused(f"{path.name} cannot be read: {type(error).__name__}") from error
    if not isinstance(content, dict):
        raise ConfigRefused(f"{path.name} holds no mapping")
    if content.get("category") != "tabular_classification":
        raise ConfigRefused(
            f"category {content.get('category')!r}: the reference ingestor knows tabular_classification only; "
            "install MariaDB, and the real tracebloc-ingest takes every category"
        )
    try:
        return IngestConfig.model_validate(content)
    except ValidationError as error:
        raise ConfigRefused("; ".join(f"/{'/'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())) from error
