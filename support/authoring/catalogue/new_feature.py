"""A new feature file that lints, made of steps that exist, for somebody to go on from."""

import re
from pathlib import Path

from support.gherkin.features import read_feature
from support.gherkin.files import UnreadableFile, find_files

FOLDERS = {1: "ring1_in_process", 2: "ring2_services", 3: "ring3_platform"}
LONGEST_NAME = 100
TEMPLATE = """@ring{ring} @p2 @budget.60
Feature: {name}

  It protects: say here, in one or two lines, what a customer would lose if this did not work.
{incident}  Catches no sabotage: none was tried yet; find the one that makes it fail (`ringmaster sabotages`), and tag it instead.

  Background:
    Given a secure environment is Online with 100 rows to train and 60 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  Scenario: {name}: say here what is promised
    When "the participant" trains the "two layer CNN" for 1 epoch and 1 cycle
    Then the experiment is "Completed"
"""
INCIDENT = "  Catches: say here which real incident it would catch.\n"


class FeatureRefused(Exception):
    """A feature of that name cannot be made; the text says why."""


def new_feature(name: str, ring: int, features: Path = Path("features")) -> Path:
    """Write a new feature file and return where it is; raises FeatureRefused."""
    name = " ".join(name.split())
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not slug or len(name) > LONGEST_NAME or not name.isprintable() or name.endswith("."):
        raise FeatureRefused(f"a feature's name has letters or digits, no period at its end, and at most {LONGEST_NAME} characters")
    if not features.is_dir():
        raise FeatureRefused(f"there is no folder {features} here: go to the project's folder first")
    for file in find_files([features]):
        if _name_of(file).lower() == name.lower():
            raise FeatureRefused(f"{file} has that name already")
    path = features / "tracebloc" / FOLDERS[ring] / f"{slug}.feature"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as written:
            written.write(TEMPLATE.format(ring=ring, name=name, incident=INCIDENT if ring == 1 else ""))
    except FileExistsError as error:
        raise FeatureRefused(f"{path} is there already, and is not overwritten") from error
    return path


def _name_of(file: Path) -> str:
    try:
        return " ".join(str(read_feature(file).feature.name).split())
    except UnreadableFile:
        return ""
