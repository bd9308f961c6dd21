"""Small texts: one file each, in a folder, and a table that names them."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from support.platforms.tracebloc.sample_data.sources.source import Cell, Source, counted, write_table

TEXTS = 6
PLACES = ("Berlin", "Zürich", "Łódź", "Paris")
PRAISE, BLAME = "good", "bad"

Dice = random.Random


def classification(folder: Path, seed: int) -> Source:
    """Is it praise or blame?"""
    return _labelled("text_classification", folder, seed, lambda dice, label: f"The food in {dice.choice(PLACES)} was {label}.")


def sentence_pairs(folder: Path, seed: int) -> Source:
    """Do two sentences say the same?"""
    return _labelled(
        "sentence_pair_classification",
        folder,
        seed,
        lambda dice, label: f"The food in {dice.choice(PLACES)} was good.\tOne eats {'well' if label == PRAISE else 'badly'} there.",
    )


def tokens(folder: Path, seed: int) -> Source:
    """Which words name a place? One tag a word."""
    dice = Dice(seed)
    written = [f"She went to {dice.choice(PLACES)}" for _ in range(TEXTS)]
    tags = ["O O O B-PLACE"] * TEXTS
    names = _write(folder, "texts", seed, written)
    write_table(folder / "labels.csv", [{"filename": name, "label": tag} for name, tag in zip(names, tags, strict=True)])
    config = {"csv": "labels.csv", "texts": "texts", "label": "label"}
    return _source("token_classification", config, names, dict(counted(tags)), counted(tag for line in tags for tag in line.split()))


def masked(folder: Path, seed: int) -> Source:
    """Texts with words to be guessed."""
    return _unlabelled("masked_language_modeling", "sequences", folder, seed, lambda place: f"Many people live in {place}.")


def causal(folder: Path, seed: int) -> Source:
    """Texts to be gone on with."""
    return _unlabelled("causal_language_modeling", "texts", folder, seed, lambda place: f"Where is it?\tIt is in {place}.")


def translations(folder: Path, seed: int) -> Source:
    """Sentences and their translation."""
    return _unlabelled("seq2seq", "texts", folder, seed, lambda place: f"I live in {place}.\tIch wohne in {place}.")


def embeddings(folder: Path, seed: int) -> Source:
    """Sentences with one that is like them, and one that is not."""
    return _unlabelled("embeddings", "texts", folder, seed, lambda place: f"I live in {place}.\t{place} is my home.\tApples are red.")


def _labelled(category: str, folder: Path, seed: int, sentence: Callable[[Dice, str], str]) -> Source:
    dice = Dice(seed)
    labels = [(PRAISE, BLAME)[number % 2] for number in range(TEXTS)]
    names = _write(folder, "texts", seed, [sentence(dice, label) for label in labels])
    write_table(folder / "labels.csv", [{"filename": name, "label": label} for name, label in zip(names, labels, strict=True)])
    return _source(category, {"csv": "labels.csv", "texts": "texts", "label": "label"}, names, dict(counted(labels)), counted(labels))


def _unlabelled(category: str, subfolder: str, folder: Path, seed: int, sentence: Callable[[str], str]) -> Source:
    dice = Dice(seed)
    names = _write(folder, subfolder, seed, [sentence(dice.choice(PLACES)) for _ in range(TEXTS)])
    rows: list[dict[str, Cell]] = [{"filename": name} for name in names]
    write_table(folder / "files.csv", rows)
    return _source(category, {"csv": "files.csv", subfolder: subfolder}, names, {None: TEXTS}, {})


def _write(folder: Path, subfolder: str, seed: int, texts: list[str]) -> list[str]:
    (folder / subfolder).mkdir()
    names = [f"text-{seed}-{number}.txt" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (folder / subfolder / name).write_text(text, encoding="utf-8")
    return names


def _source(category: str, config: dict[str, str], names: list[str], stored_labels: Mapping[Any, int], labels: dict[str, int]) -> Source:
    return Source(
        category=category,
        config=config,
        rows=len(names),
        records=len(names),
        stored_labels=stored_labels,
        labels=labels,
        files=frozenset(names),
    )
