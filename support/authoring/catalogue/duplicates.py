"""Sentences that say nearly the same: one is enough, and two are a trap for whoever looks for the right one."""

import re
from collections.abc import Iterable
from pathlib import Path

from support.authoring.catalogue.definitions import StepDefinition
from support.authoring.catalogue.words import Stems, plain_words, stems_of, synonyms_of

NEGATIONS = frozenset(("not", "no", "cannot", "never", "nothing", "nobody", "none", "without"))
ALIKE = 0.8
"""The share of ideas that two sentences have to have in common (Jaccard index)."""


def nearest_duplicate(
    sentence: str, definitions: Iterable[StepDefinition], platform: str, features: Path = Path("features")
) -> StepDefinition | None:
    """The step that says nearly the same as a sentence, or None; what one denies and the other does not is not the same."""
    same = synonyms_of(features / platform)
    said = _ideas(sentence, same)
    alike = [(_in_common(said, _ideas(definition.sentence, same)), definition) for definition in definitions if definition.serves(platform)]
    share, nearest = max(alike, key=lambda pair: pair[0], default=(0.0, None))
    return nearest if share >= ALIKE else None


def _ideas(sentence: str, same: list[frozenset[Stems]]) -> tuple[bool, frozenset[object]]:
    """Whether the sentence denies, and what it says without its parameters: by the number of the synonyms, else by the stem."""
    # of the parameters, those that name a thing say something: `{use_case}`
    text = re.sub(r'"\{\w+\}"|\{(?:string|word|int|float)\}', " ", sentence).replace("_", " ")
    stems, ideas = stems_of(text), set()
    for number, group in enumerate(same):
        for phrase in sorted(group, key=len, reverse=True):
            if phrase in {tuple(stems[at : at + len(phrase)]) for at in range(len(stems))}:
                ideas.add(number)
                stems = [stem for stem in stems if stem not in phrase]
    return bool(NEGATIONS.intersection(plain_words(text))), frozenset([*ideas, *stems])


def _in_common(left: tuple[bool, frozenset[object]], right: tuple[bool, frozenset[object]]) -> float:
    if left[0] != right[0] or not left[1] | right[1]:
        return 0.0
    return len(left[1] & right[1]) / len(left[1] | right[1])
