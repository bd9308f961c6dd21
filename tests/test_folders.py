"""Folder names alone tell the way: a folder is taken in at one look, and a module's name says what its folder's does not."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
ROOMS = ("environments", "reports", "steps", "support")
MODULES_OF_A_FOLDER = 14
LARGE = {
    "environments/compose": "one substrate: what it makes, watches and removes stands side by side",
    "environments/embedded": "one substrate: what it makes, watches and removes stands side by side",
    "environments/kind": "one substrate: what it makes, watches and removes stands side by side",
    "environments/platforms/tracebloc/training": "one program, which runs in a pod of its own",
    "environments/processes": "one program and its client, which a run forks everything from",
    "support": "what every room uses, and none of the rooms could own",
    "support/commands": "one module a command",
    "support/platforms/tracebloc/clients": "one module a program that is talked to",
    "support/platforms/tracebloc/sample_data/models": "one file a model, as somebody would upload it",
    "support/runner": "what puts the rooms below it together",
}
"""Why a folder may hold more."""


def modules() -> Iterator[Path]:
    """All of the rooms, but for those that Python and behave name."""
    for room in ROOMS:
        for file in sorted((PROJECT / room).rglob("*.py")):
            if not file.name.startswith("_") and PROJECT / "reports" / "out" not in file.parents:
                yield file.relative_to(PROJECT)


def words(name: str) -> list[str]:
    """Of a name, the words in the singular."""
    return [word.removesuffix("s") for word in name.split("_")]


def repeats(folder: str, module: str) -> bool:
    """Whether a module's name says again what stands in front of it; `workers/worker` says what one of them is, and does not."""
    if folder == f"{module}s":
        return False
    own, outer = words(module), words(folder)
    return own[: len(outer)] == outer or module.endswith(f"_{folder}")


def test_a_folder_is_taken_in_at_one_look() -> None:
    sizes = Counter(module.parent.as_posix() for module in modules())
    large = {folder: size for folder, size in sizes.items() if size > MODULES_OF_A_FOLDER}
    assert {folder: size for folder, size in large.items() if folder not in LARGE} == {}, "put its modules into folders by subject"
    assert LARGE.keys() <= large.keys(), "take exceptions out that are none any more"


def test_a_modules_name_does_not_repeat_its_folders() -> None:
    found = [module.as_posix() for module in modules() if repeats(module.parent.name, module.stem)]
    assert found == [], "name them by what stays when the folder is read in front: sdk/flows, not sdk/sdk_flows"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("sdk/sdk_flows", True),
        ("sdk/sdk", True),
        ("use_cases/use_cases", True),
        ("use_cases/use_case_terms", True),
        ("models/model_files", True),
        ("ingestion/ingestions", True),
        ("faults/cluster_faults", True),
        ("sdk/flows", False),
        ("workers/worker", False),
        ("use_cases/cases", False),
        ("stores/object_store", False),
        ("faults/service_bus", False),
    ],
)
def test_what_repeats_is_found(path: str, found: bool) -> None:
    assert repeats(*path.split("/")) is found
