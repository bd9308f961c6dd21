"""Words as the search takes them: without those that say nothing, by their stems, and with what means the same on a platform."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from snowballstemmer import stemmer

from environments.choose import platform_names

SYNONYMS = "synonyms.toml"
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "i",
        "in",
        "into",
        "is",
        "it",
        "its",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "one",
        "or",
        "our",
        "she",
        "so",
        "some",
        "somebody",
        "someone",
        "something",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whose",
        "will",
        "with",
        "you",
        "your",
        "given",
        "step",
        "steps",
    ]
)
STEMMER = stemmer("english")
Stems = tuple[str, ...]


@dataclass(frozen=True)
class Idea:
    """One thing that a query asks for: as it was written, and what else says the same on each platform."""

    asked: Stems
    same: Mapping[str, frozenset[Stems]]


class UnreadableSynonyms(Exception):
    """A platform's synonyms cannot be read; the text says where and why."""


def plain_words(text: str) -> list[str]:
    """Its words in small letters."""
    return re.findall(r"[a-z0-9]+", text.lower())


def stems_of(text: str) -> list[str]:
    """The stems of its words that say something; of all of them where none does."""
    words = plain_words(text)
    return [_stem(word) for word in [word for word in words if word not in STOP_WORDS] or words]


def ideas_of(query: str, features: Path) -> list[Idea]:
    """What a query asks for: phrases that a platform has other words for are one idea, all other words one each.

    Raises:
        UnreadableSynonyms: a platform's `synonyms.toml` is not as it has to be.
    """
    groups = {name: synonyms_of(features / name) for name in platform_names()}
    phrases = {phrase for platform in groups.values() for group in platform for phrase in group}
    return [
        Idea(
            asked,
            {name: frozenset().union(*(group for group in platform if asked in group)) - {asked} for name, platform in groups.items()},
        )
        for asked in _phrases_in(stems_of(query), phrases)
    ]


def synonyms_of(folder: Path) -> list[frozenset[Stems]]:
    """What means the same on a platform, by stems: the lists in its features' `synonyms.toml`; none without the file.

    Raises:
        UnreadableSynonyms: the file is not TOML, or its `same` is no list of lists of texts.
    """
    file = folder / SYNONYMS
    if not file.exists():
        return []
    try:
        same = tomllib.loads(file.read_text(encoding="utf-8")).get("same", [])
    except (OSError, ValueError) as error:
        raise UnreadableSynonyms(f"{file} cannot be read: {error}") from error
    if not isinstance(same, list) or not all(isinstance(group, list) and all(isinstance(word, str) for word in group) for group in same):
        raise UnreadableSynonyms(f'{file}: `same` has to be a list of lists of texts, such as [["leaderboard", "ranking"]]')
    return [frozenset(tuple(stems_of(phrase)) for phrase in group) for group in same]


def _phrases_in(stems: list[str], phrases: set[Stems]) -> Iterator[Stems]:
    """Cut into the longest phrases that are known, and single words."""
    longest = max((len(phrase) for phrase in phrases), default=1)
    while stems:
        length = next((size for size in range(min(longest, len(stems)), 1, -1) if tuple(stems[:size]) in phrases), 1)
        yield tuple(stems[:length])
        stems = stems[length:]


@cache
def _stem(word: str) -> str:
    return str(STEMMER.stemWord(word))
