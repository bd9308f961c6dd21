"""Which scenario would have caught an incident, as far as words tell: those of its name, of `Catches:` and of the sabotages it catches.

Words that few scenarios use tell most. Nobody has run anything: the match is a hint where to look. Source: our choice.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from support.evaluation.incidents import Incident
from support.gherkin.features import FeatureFile

CATCHES = re.compile(r"^\s*Catches:\s*(.+?)(?=^\s*$|^\s*Catches\b|\Z)", re.MULTILINE | re.DOTALL)
WORD = re.compile(r"[a-z0-9]+")
ENDINGS = (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
SHORTEST_STEM = 3
# what most sentences hold, and what incidents are always about
STOP_WORDS = frozenset(
    WORD.findall(
        "a about after again all also an and any are as at be because been before but by can could did do does each every for "
        "from had has have he her his how if in into is it its more no not nobody of off on one only or other our out over own "
        "same she so some such than that the their them then there these they this those though through to too two under until up "
        "was we were what when where which while who whom whose why will with without would you error fails failed wrong "
    )
)
FEWEST_WORDS = 2
LEAST_LIKENESS = 0.2
SABOTAGE = "catches."


@dataclass(frozen=True)
class Catcher:
    """A scenario that says what it catches."""

    name: str
    location: str
    catches: str
    """Its own words, and what the sabotages stand for that it is tagged to catch."""
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """A scenario that seems to be about an incident: how much, from 0 to 1, and by which words."""

    catcher: Catcher
    likeness: float
    words: tuple[str, ...]


def catchers(features: Iterable[FeatureFile], incidents_of_sabotages: Mapping[str, str]) -> list[Catcher]:
    """Every scenario; what only its rule or feature says that it catches counts for it too."""
    found: dict[str, Catcher] = {}
    for file in features:
        for case in file.cases():
            said = next((texts for text in case.descriptions() if (texts := CATCHES.findall(text))), [])
            said += [incidents_of_sabotages.get(tag.removeprefix(SABOTAGE), "") for tag in case.tags if tag.startswith(SABOTAGE)]
            location = f"{file.path}:{case.written.line}"
            found.setdefault(location, Catcher(str(case.written.name), location, " ".join(" ".join(said).split()), tuple(case.tags)))
    return list(found.values())


class Matcher:
    """Finds scenarios by the words of incidents."""

    def __init__(self, known: Sequence[Catcher]) -> None:
        self._texts = [(catcher, stems(f"{catcher.name} {catcher.catches}")) for catcher in known]
        self._scenarios = Counter(stem for _, text in self._texts for stem in text)

    def best(self, incident: Incident) -> Match | None:
        """The scenario that is most like it; None when none is like it enough."""
        asked = stems(f"{incident.title} {incident.description}")
        matches = [self._match(asked, catcher, text) for catcher, text in self._texts]
        enough = [match for match in matches if len(match.words) >= FEWEST_WORDS and match.likeness >= LEAST_LIKENESS]
        return max(enough, key=lambda match: match.likeness, default=None)

    def _match(self, asked: dict[str, str], catcher: Catcher, text: dict[str, str]) -> Match:
        shared = sorted(asked.keys() & text.keys(), key=self._weight, reverse=True)
        length = math.sqrt(self._square(asked) * self._square(text))
        return Match(catcher, self._square(shared) / length if length else 0.0, tuple(asked[stem] for stem in shared))

    def _square(self, texts: Iterable[str]) -> float:
        return sum(self._weight(stem) ** 2 for stem in texts)

    def _weight(self, stem: str) -> float:
        # an incident's word that no scenario knows tells as much as one that a single scenario does
        return math.log(1 + len(self._texts) / max(1, self._scenarios[stem]))


def stems(text: str) -> dict[str, str]:
    """The words of a text without their endings, each with how it stands there."""
    return {_stem(word): word for word in WORD.findall(text.lower()) if word not in STOP_WORDS}


def _stem(word: str) -> str:
    for ending, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending) + instead
    return word.removesuffix("e") if len(word) > SHORTEST_STEM + 1 else word
