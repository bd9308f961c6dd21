"""A new feature file that lints, made of steps that exist, for somebody to go on from."""

import re
from pathlib import Path

from environments.choose import platform_class, platform_names, platform_of
from environments.errors import SubstrateError
from environments.platform import Platform
from support.authoring.catalogue.entries import Entry, read_catalogue
from support.authoring.catalogue.search import find_steps
from support.authoring.catalogue.words import UnreadableSynonyms
from support.gherkin.features import read_feature
from support.gherkin.files import UnreadableFile, find_files

FOLDERS = {1: "ring1_in_process", 2: "ring2_services", 3: "ring3_platform"}
LONGEST_NAME = 100
MOST_SUGGESTED = 6
TEMPLATE = """@ring{ring} @p2 @budget.60
Feature: {name}

  It protects: say here, in one or two lines, what a customer would lose if this did not work.
{incident}  Catches no sabotage: none was tried yet; find the one that makes it fail (`ringmaster sabotages`), and tag it instead.

  Scenario: {name}: say here what is promised
{steps}
"""
INCIDENT = "  Catches: say here which real incident it would catch.\n"


class FeatureRefused(Exception):
    """A feature of that name cannot be made; the text says why."""


def new_feature(name: str, ring: int, platform: str | None = None, features: Path = Path("features")) -> Path:
    """Write a new feature file and return where it is; raises FeatureRefused.

    Args:
        name: what the feature promises, in a few words.
        ring: 1, 2 or 3.
        platform: whose promise it is; may be left out where there is only one.
        features: the folder of all features.
    """
    name = " ".join(name.split())
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not slug or len(name) > LONGEST_NAME or not name.isprintable() or name.endswith("."):
        raise FeatureRefused(f"a feature's name has letters or digits, no period at its end, and at most {LONGEST_NAME} characters")
    if not features.is_dir():
        raise FeatureRefused(f"there is no folder {features} here: go to the project's folder first")
    for file in find_files([features]):
        if _name_of(file).lower() == name.lower():
            raise FeatureRefused(f"{file} has that name already")
    described = platform_named(platform)
    path = features / described.name / FOLDERS[ring] / f"{slug}.feature"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as written:
            written.write(TEMPLATE.format(ring=ring, name=name, incident=INCIDENT if ring == 1 else "", steps=_steps(described)))
    except FileExistsError as error:
        raise FeatureRefused(f"{path} is there already, and is not overwritten") from error
    return path


def suggested_steps(name: str, path: Path) -> list[str]:
    """Steps that have to do with a feature's name, the best first, as features use them."""
    catalogue, platform = read_catalogue(), platform_of(path)
    by_definition = {entry.definition: entry for entry in catalogue.entries if entry.definition.serves(platform)}
    try:
        found = find_steps([name], {definition: len(entry.uses) for definition, entry in by_definition.items()})
    except UnreadableSynonyms as error:
        raise FeatureRefused(str(error)) from error
    return [_as_used(by_definition[definition]) for definition in found[:MOST_SUGGESTED]]


def _as_used(entry: Entry) -> str:
    example = next((f"{use.keyword.capitalize()} {use.text}" for use in entry.examples), "")
    return example or f"{entry.keyword} {entry.definition.sentence}"


def platform_named(name: str | None) -> type[Platform]:
    """The platform of that name, or the only one there is; raises FeatureRefused."""
    names = platform_names()
    if name is None and len(names) != 1:
        advice = f"say which by --platform: {', '.join(names)}" if names else "make one with `ringmaster new platform NAME`"
        raise FeatureRefused(f"there are {len(names) or 'no'} platforms: {advice}")
    try:
        return platform_class(name or names[0])
    except SubstrateError as error:
        raise FeatureRefused(str(error)) from error


def _steps(platform: type[Platform]) -> str:
    return "\n".join(f"    {step}" for step in platform.vocabulary.example)


def _name_of(file: Path) -> str:
    try:
        return " ".join(str(read_feature(file).feature.name).split())
    except UnreadableFile:
        return ""
