"""Finds steps by words, the best first. Source: our choice, after how search engines weigh words (inverse document frequency)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from math import log
from pathlib import Path

from support.authoring.catalogue.definitions import StepDefinition
from support.authoring.catalogue.words import Idea, Stems, ideas_of, plain_words, stems_of

EXACT, SAME, BEGINNING, ALIKE = 1.0, 0.9, 0.7, 0.5
IN_SENTENCE, IN_TOPIC, IN_VALUES, IN_DOCSTRING = 3.0, 1.5, 1.5, 1.0
SHORTEST_BEGINNING, MOST_ALIKE = 3, 10
OFTEN = 0.1
"""How much the logarithm of its uses counts: of two that say it, the one that features use comes first."""
LONG = 60
"""As many words more in a sentence halve what it counts: of two that say it, the one that says little else comes first."""

Likeness = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Indexed:
    """A step and the stems of what it says, by how much they count."""

    definition: StepDefinition

    @cached_property
    def places(self) -> list[tuple[float, frozenset[str]]]:
        """Its sentence, its topic, the values that it takes and its docstring."""
        definition = self.definition
        values = [value for kind in definition.types for value in definition.allowed_by(kind)]
        return [
            (IN_SENTENCE, frozenset(stems_of(definition.sentence))),
            (IN_TOPIC, frozenset(stems_of(re.sub("[_/]", " ", definition.topic)))),
            (IN_VALUES, frozenset(stem for value in values for stem in stems_of(value))),
            (IN_DOCSTRING, frozenset(stems_of(definition.docstring))),
        ]

    @property
    def length(self) -> int:
        """How many words its sentence has."""
        return len(plain_words(self.definition.sentence))

    def score(self, idea: Idea, alike: Likeness) -> float:
        """How much it has to do with an idea."""
        of_platform = idea.same.get(self.definition.folder)
        same = of_platform if of_platform is not None else frozenset().union(*idea.same.values())
        return max(
            weight * max(_found(idea.asked, stems, alike), SAME * any(stems.issuperset(other) for other in same))
            for weight, stems in self.places
        )


def find_steps(words: Iterable[str], definitions: Mapping[StepDefinition, int], features: Path = Path("features")) -> list[StepDefinition]:
    """The steps that have to do with the words, the best first; all without words.

    An idea counts by how rare it is among the steps, a step by how many of the ideas it has, and a little by how often it is used.

    Args:
        words: what the step is about.
        definitions: the steps to look among, and how often features use each.
        features: where the platforms' synonyms are.

    Raises:
        UnreadableSynonyms: a platform's `synonyms.toml` is not as it has to be.
    """
    steps = [Indexed(definition) for definition in definitions]
    ideas = ideas_of(" ".join(words), features)
    if not ideas:
        return [step.definition for step in sorted(steps, key=_place)]
    alike = _likeness(ideas, {stem for step in steps for _, stems in step.places for stem in stems})
    scores = [[step.score(idea, alike) for idea in ideas] for step in steps]
    rarity = [log(1 + len(steps) / (1 + sum(score > 0 for score in column))) for column in zip(*scores, strict=True)]
    worth = {
        id(step): sum(score * rare for score, rare in zip(row, rarity, strict=True)) * _share(row) * _standing(step, definitions)
        for step, row in zip(steps, scores, strict=True)
    }
    found = sorted((step for step in steps if worth[id(step)]), key=lambda step: (-worth[id(step)], _place(step)))
    return [step.definition for step in found]


def nearest_words(words: Iterable[str], definitions: Iterable[StepDefinition]) -> list[str]:
    """Words of the catalogue that look like those that nothing was found for."""
    known = sorted({word for definition in definitions for word in plain_words(f"{definition.sentence} {definition.docstring}")})
    return [near for text in words for word in plain_words(text) for near in get_close_matches(word, known, n=3, cutoff=0.5)]


def _share(scores: list[float]) -> float:
    return sum(score > 0 for score in scores) / len(scores)


def _standing(step: Indexed, uses: Mapping[StepDefinition, int]) -> float:
    return (1 + OFTEN * log(1 + uses[step.definition])) / (1 + step.length / LONG)


def _place(step: Indexed) -> tuple[str, int]:
    return str(step.definition.file), step.definition.line


def _likeness(ideas: Iterable[Idea], known: set[str]) -> Likeness:
    """For each word that was asked for, the known ones that are it, begin with it or look like it, and how much that counts."""
    likeness: Likeness = {}
    for stem in {stem for idea in ideas for stem in idea.asked}:
        near = dict.fromkeys(get_close_matches(stem, known, n=MOST_ALIKE, cutoff=0.8), ALIKE)
        if len(stem) >= SHORTEST_BEGINNING:
            near |= {other: BEGINNING for other in known if other.startswith(stem)}
        likeness[stem] = near | {stem: EXACT}
    return likeness


def _found(phrase: Stems, known: frozenset[str], alike: Likeness) -> float:
    """How well a phrase is found: all of its words, and as well as the worst of them."""
    return min(max((worth for other, worth in alike[stem].items() if other in known), default=0.0) for stem in phrase)
