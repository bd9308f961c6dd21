"""Knows a keyword of Gherkin that somebody nearly wrote: in other letters, with a slip, without its space or colon.

Gherkin takes such a line for a description where one may stand, and the step or scenario is lost without a word.
"""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache

from gherkin.dialect import DIALECTS, Dialect

# English words that are one slip from a keyword and begin many a sentence
ORDINARY = {"give", "gives", "giver", "hen", "hens", "ten", "thee", "the", "them", "they", "than", "thin"} | {
    *("whens", "whet", "whey", "wren", "rules", "role", "features", "backgrounds")
}
SHORTEST_WITH_A_SLIP = 4
ALIKE = 0.85
SHORTEST_ALIKE = 7
LONGEST_TITLE = 40
ENGLISH = "en"


def is_outline(keyword: str, language: str) -> bool:
    """Whether it announces an outline, which ought to have Examples."""
    return keyword in DIALECTS[language]["scenarioOutline"]


def is_step(line: str, dialect: Dialect) -> bool:
    """Whether the line is a step, of any keyword but `*`, which many a list begins with too."""
    return line.startswith(tuple(_without_star(_kinds(dialect) + dialect.and_keywords + dialect.but_keywords)))


def is_state(line: str, dialect: Dialect) -> bool:
    """Whether the line is a step with the keyword of a Given."""
    return line.startswith(tuple(_without_star(dialect.given_keywords)))


def near_step(line: str, dialect: Dialect) -> str | None:
    """The Given, When or Then that the line nearly begins with, if it does; `and` and `but` begin many a line that is meant as text."""
    lower = line.casefold()
    first = re.split(r"[\s:,.;]", lower, maxsplit=1)[0]
    for keyword in _without_star(_kinds(dialect)):
        name = keyword.strip()
        if lower.startswith(keyword.casefold()) or first == name.casefold() or _swapped(first, name.casefold()):
            return name
    english = _without_star(_kinds(_english()))
    if dialect.given_keywords != _english().given_keywords:
        return next((name.strip() for name in english if line.startswith(name)), None)
    return next((name.strip() for name in english if first not in ORDINARY and _one_slip(first, name.strip().casefold())), None)


def near_title(line: str, dialect: Dialect) -> str | None:
    """The keyword of a feature, rule, scenario or the like that stands, or nearly stands, before the line's colon."""
    title, colon, _ = line.partition(":")
    lower = " ".join(title.casefold().split())
    if not colon or len(lower) > LONGEST_TITLE or lower in ORDINARY:
        return None
    keywords = _title_keywords(dialect) + _title_keywords(_english())
    return next((keyword for keyword in keywords if _alike(lower, keyword.casefold())), None)


def title_without_colon(line: str, dialect: Dialect) -> str | None:
    """The keyword of a feature, rule, scenario or the like that the line begins with, if its colon is missing."""
    found = (keyword for keyword in _title_keywords(dialect) if re.match(rf"{re.escape(keyword)}(\s|$)", line, re.IGNORECASE))
    return next(found, None)


@cache
def _english() -> Dialect:
    return Dialect(DIALECTS[ENGLISH])


def _kinds(dialect: Dialect) -> list[str]:
    return dialect.given_keywords + dialect.when_keywords + dialect.then_keywords


def _without_star(keywords: Iterable[str]) -> list[str]:
    return [keyword for keyword in keywords if keyword != "* "]


def _title_keywords(dialect: Dialect) -> list[str]:
    return [
        *dialect.feature_keywords,
        *dialect.rule_keywords,
        *dialect.background_keywords,
        *dialect.scenario_keywords,
        *dialect.scenario_outline_keywords,
        *dialect.examples_keywords,
    ]


def _alike(word: str, keyword: str) -> bool:
    if word == keyword or (len(keyword) >= SHORTEST_WITH_A_SLIP and _one_slip(word, keyword)):
        return True
    return len(keyword) >= SHORTEST_ALIKE and SequenceMatcher(None, word, keyword).ratio() >= ALIKE


def _one_slip(word: str, keyword: str) -> bool:
    """Whether one letter is missing, too much, another one, or two neighbours are swapped."""
    place = next((number for number, (a, b) in enumerate(zip(word, keyword, strict=False)) if a != b), min(len(word), len(keyword)))
    rest, wanted = word[place:], keyword[place:]
    return word != keyword and (rest[1:] == wanted[1:] or rest == wanted[1:] or rest[1:] == wanted or _swapped(word, keyword))


def _swapped(word: str, keyword: str) -> bool:
    """Whether two neighbouring letters stand in the wrong order, and all else is the same."""
    if len(word) != len(keyword) or word == keyword:
        return False
    place = next(number for number, (a, b) in enumerate(zip(word, keyword, strict=True)) if a != b)
    return word[place : place + 2] == keyword[place : place + 2][::-1] and word[place + 2 :] == keyword[place + 2 :]
