"""The three JSON schemas that services and scenarios hold messages to. Source: oddessentials/odd-demonstration, contracts 1.0.0."""

import json
import re
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator, FormatChecker

from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on

FOLDER = Path(__file__).parent
JOB, EVENT_ENVELOPE = "job", "event-envelope"

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def is_uuid(value: object) -> bool:
    """Whether it is a UUID as texts write it."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def schema_file(name: str, folder: Path = FOLDER) -> Path:
    """Where a schema is, below a folder of contracts."""
    return folder / "schemas" / f"{name}.json"


@cache
def validator(name: str, folder: Path = FOLDER) -> Draft7Validator:
    """Checks a value against a schema, formats included."""
    formats = [] if is_on(Sabotage.FORMATS_UNCHECKED) else ["uuid", "date-time"]
    schema = json.loads(schema_file(name, folder).read_text(encoding="utf-8"))
    return Draft7Validator(schema, format_checker=FormatChecker(formats))


def problems(name: str, value: object, folder: Path = FOLDER) -> list[tuple[str, str]]:
    """Everything that is wrong with a value, by its path; empty when nothing is."""
    errors = sorted(validator(name, folder).iter_errors(value), key=lambda error: [str(step) for step in error.absolute_path])
    return [("/" + "/".join(str(step) for step in error.absolute_path), error.message) for error in errors]


def event_problems(event: object, folder: Path = FOLDER) -> list[tuple[str, str]]:
    """What is wrong with an event: with its envelope, else with the job in it."""
    found = problems(EVENT_ENVELOPE, event, folder)
    if found or not isinstance(event, dict):
        return found
    return [(f"/payload{path.rstrip('/')}", message) for path, message in problems(JOB, event["payload"], folder)]
