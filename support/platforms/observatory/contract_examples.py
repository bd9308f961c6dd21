"""Examples of our own for the contracts: what they promise to accept, and what they promise to refuse. Source: our choice."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from environments.errors import WrongScenario

EXAMPLES = Path(__file__).parent / "examples"
ACCEPTED, REFUSED = "accepted", "refused"

Schema = dict[str, Any]


def examples(kind: str) -> dict[tuple[str, str], Any]:
    """All examples of a kind (ACCEPTED or REFUSED), by the contract and the name."""
    files = sorted((EXAMPLES / kind).glob("*/*.json"))
    return {(file.parent.name, file.stem): json.loads(file.read_text(encoding="utf-8")) for file in files}


def changed(schema: Mapping[str, Any], change: str) -> Schema:
    """A contract with one of CHANGES made to it; the original stays as it is. Raises WrongScenario for an unknown change."""
    if change not in CHANGES:
        raise WrongScenario(f"there is no change '{change}'. There are: {'; '.join(CHANGES)}")
    new = deepcopy(dict(schema))
    CHANGES[change](new)
    return new


def _enum_of(schema: Schema, field: str) -> list[str]:
    values: list[str] = schema["properties"][field]["enum"]
    return values


CHANGES: Mapping[str, Callable[[Schema], object]] = {
    "a field that may be missing is added": lambda schema: schema["properties"].update(priority={"type": "integer"}),
    "a field that has to be there is added": lambda schema: (
        schema["properties"].update(owner={"type": "string"}),
        schema["required"].append("owner"),
    ),
    "a field is removed": lambda schema: schema["properties"].pop("metadata"),
    "a field that may be missing has to be there": lambda schema: schema["required"].append("updatedAt"),
    "a field that has to be there may be missing": lambda schema: schema["required"].remove("createdAt"),
    "a kind of value is exchanged": lambda schema: schema["properties"]["type"].update(type="integer"),
    "a status is added": lambda schema: _enum_of(schema, "status").append("CANCELLED"),
    "a status is removed": lambda schema: _enum_of(schema, "status").remove("EXECUTING"),
    "a format is asked for": lambda schema: schema["properties"]["type"].update(format="hostname"),
    "a format is given up": lambda schema: schema["properties"]["id"].pop("format"),
    "fields without a name are refused": lambda schema: schema.update(additionalProperties=False),
}
"""What can happen to the contract `job`, in words."""
