"""Finds steps by words, the best first."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from support.authoring.catalogue.definitions import StepDefinition

EXACT, BEGINNING, ALIKE = 1.0, 0.8, 0.6
IN_SENTENCE, IN_TOPIC, IN_DOCSTRING = 3.0, 1.5, 1.0
SHORTEST_BEGINNING = 3


def find_steps(words: Iterable[str], definitions: Iterable[StepDefinition]) -> list[StepDefinition]:
    """The steps that have to do with the words: those with most of them first, then by where and how exactly; all without words."""
    asked = [word for text in words for word in _words(text)]
    scored = [(_scores(asked, definition), definition) for definition in definitions]
    found = [(scores, definition) for scores, definition in scored if not asked or any(scores)]
    found.sort(key=lambda pair: (-sum(score > 0 for score in pair[0]), -sum(pair[0]), str(pair[1].file), pair[1].line))
    return [definition for _, definition in found]


def nearest_words(words: Iterable[str], definitions: Iterable[StepDefinition]) -> list[str]:
    """Words of the catalogue that look like those that nothing was found for."""
    known = sorted({word for definition in definitions for word in _words(f"{definition.sentence} {definition.docstring}")})
    return [near for text in words for word in _words(text) for near in get_close_matches(word, known, n=3, cutoff=0.5)]


def _scores(asked: list[str], definition: StepDefinition) -> list[float]:
    places = (
        (IN_SENTENCE, _words(definition.sentence)),
        (IN_TOPIC, _words(definition.topic)),
        (IN_DOCSTRING, _words(definition.docstring)),
    )
    return [max(weight * _likeness(word, known) for weight, known in places) for word in asked]


def _likeness(word: str, known: list[str]) -> float:
    if word in known:
        return EXACT
    if len(word) >= SHORTEST_BEGINNING and any(other.startswith(word) for other in known):
        return BEGINNING
    return ALIKE if get_close_matches(word, known, n=1, cutoff=0.8) else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())
