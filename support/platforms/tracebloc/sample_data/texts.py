"""Toy texts: of a topic, or in which each word tells the next. Their tokenizers lie beside the models in `models/`."""

import random
from pathlib import Path

TOPICS = {
    "animals": ("cat", "dog", "horse", "bird", "fish"),
    "food": ("bread", "apple", "cheese", "rice", "soup"),
    "weather": ("rain", "wind", "snow", "sun", "fog"),
}
FILLING = ("the", "and", "with", "near", "some", "old")
RING = ("one", "two", "three", "four", "five", "six", "seven", "eight")
WORDS_OF_A_TEXT = 12


def of_topics(count: int, seed: int) -> list[tuple[str, str]]:
    """Topic and text, each topic equally often; a third of the words tells the topic."""
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    topics = [sorted(TOPICS)[number % len(TOPICS)] for number in range(count)]
    random_numbers.shuffle(topics)
    texts = []
    for topic in topics:
        telling = [random_numbers.choice(TOPICS[topic]) for _ in range(WORDS_OF_A_TEXT // 3)]
        words = telling + [random_numbers.choice(FILLING) for _ in range(WORDS_OF_A_TEXT - len(telling))]
        random_numbers.shuffle(words)
        texts.append((topic, " ".join(words)))
    return texts


def of_the_ring(count: int, seed: int) -> list[str]:
    """Texts that count round a ring of words, from a random one on, so that a word's neighbours tell it."""
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    firsts = [random_numbers.randrange(len(RING)) for _ in range(count)]
    lengths = [random_numbers.randint(WORDS_OF_A_TEXT - 3, WORDS_OF_A_TEXT) for _ in range(count)]
    return [" ".join(RING[(first + word) % len(RING)] for word in range(length)) for first, length in zip(firsts, lengths, strict=True)]


def write(folder: Path, texts: list[str]) -> list[str]:
    """Write each text to a file of its own; returns their names without extension."""
    names = [f"text_{number:03d}" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return names
