"""Chooses mutants: so many, over all services, the same ones for the same seed and code."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from environments.choose import PLATFORMS_FOLDER, platform_class
from support.mutation.candidates import Candidate, SourceFile, diff_of, lines_changed, read_source
from support.nearest import did_you_mean


class NothingToMutate(Exception):
    """There is no code to change; the text says why, and what to do."""


@dataclass(frozen=True)
class Mutant:
    """One change of one file of a service: what the file becomes, and what tells it from others."""

    service: str
    file: str
    line: int
    within: str
    rule: str
    was: str
    becomes: str
    diff: str
    text: str = field(repr=False)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What an entry of `equivalent-mutants.toml` says of it."""
        return self.file, self.within, self.was, self.becomes


@dataclass(frozen=True)
class ServiceSources:
    """A service's source files, seen from the checkout."""

    service: str
    files: tuple[str, ...]

    @cached_property
    def sources(self) -> Sequence[SourceFile]:
        """Its files, parsed, with all that could be changed in them."""
        return [read_source(file, Path(file).read_text(encoding="utf-8")) for file in self.files]


def services_of(platforms: Collection[str], wanted: Collection[str] = ()) -> list[ServiceSources]:
    """The services of these platforms whose code may be changed, or those of them that are wanted; raises NothingToMutate."""
    found: list[ServiceSources] = []
    for name in platforms:
        for service, patterns in platform_class(name).mutable_sources.items():
            files = {file for pattern in patterns for file in _files(name, service, pattern)}
            found.append(ServiceSources(service, tuple(sorted(str(file.relative_to(Path.cwd())) for file in files))))
    known = [each.service for each in found]
    for service in wanted:
        if service not in known:
            nearest = did_you_mean(service, known)
            raise NothingToMutate(
                f"no service '{service}' names code that may be changed.{nearest} There are: {', '.join(known) or 'none'}"
            )
    chosen = [each for each in found if not wanted or each.service in wanted]
    if not chosen:
        said = ", ".join(platforms) or "the selected features have no platform"
        raise NothingToMutate(f"no service says which code may be changed ({said}): a platform says it as `mutable_sources`")
    return chosen


def _files(platform: str, service: str, pattern: str) -> list[Path]:
    files = [file for file in (PLATFORMS_FOLDER / platform).glob(pattern) if file.is_file()]
    if not files:
        # otherwise code that moves is left out from then on, and nobody notices
        raise NothingToMutate(f"the platform {platform} has no file {pattern}: mend the `mutable_sources` of its service '{service}'")
    return files


def choose(services: Sequence[ServiceSources], number: int, seed: int, known: Collection[tuple[str, str, str, str]] = ()) -> list[Mutant]:
    """So many mutants, or fewer where there are no more, without the known equivalent ones; at most one a line.

    A service is drawn by how much code it has, then a rule that fits there, then a place: else most would be of the commonest rule.
    """
    chance = random.Random(seed)  # noqa: S311 - a choice is no secret
    pools = [_Pool(each) for each in services]
    chosen: list[Mutant] = []
    while len(chosen) < number and (left := [pool for pool in pools if pool.by_rule]):
        pool = chance.choices(left, weights=[each.size for each in left])[0]
        mutant = pool.draw(chance)
        if mutant is not None and mutant.key not in known:
            pool.taken.add((mutant.file, mutant.line))
            chosen.append(mutant)
    return chosen


class _Pool:
    """What is left to draw of one service."""

    def __init__(self, service: ServiceSources) -> None:
        self.service = service.service
        self.taken: set[tuple[str, int]] = set()
        self.by_rule: dict[str, list[tuple[SourceFile, Candidate]]] = {}
        for source in service.sources:
            for candidate in source.candidates:
                self.by_rule.setdefault(candidate.rule, []).append((source, candidate))
        self.size = len({(each.file, each.line) for places in self.by_rule.values() for _, each in places})

    def draw(self, chance: random.Random) -> Mutant | None:
        """One mutant; None when the place is taken, or the change is none."""
        rule = chance.choice(sorted(self.by_rule))
        places = self.by_rule[rule]
        source, candidate = places.pop(chance.randrange(len(places)))
        if not places:
            del self.by_rule[rule]
        return None if (candidate.file, candidate.line) in self.taken else _mutant(self.service, source, candidate)


def _mutant(service: str, source: SourceFile, candidate: Candidate) -> Mutant | None:
    text = source.changed(candidate)
    if text is None:
        return None
    was, becomes = lines_changed(source.text, text)
    diff = diff_of(candidate.file, source.text, text)
    return Mutant(service, candidate.file, candidate.line, candidate.within, candidate.rule, was, becomes, diff, text)
