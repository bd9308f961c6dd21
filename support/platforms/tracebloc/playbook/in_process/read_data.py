"""Records and files as an ingestion leaves them in a secure environment, read with the training client's own code, in this process.

Source: tracebloc-ingestor 0.8.94 (`storage.v1.json`, `layout.v1.json`).
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from support.platforms.tracebloc.playbook.training.experiments import model_file
from support.platforms.tracebloc.sample_data.tasks import toy_task
from support.platforms.tracebloc.scene import Scene

if TYPE_CHECKING:
    from environments.platforms.tracebloc.training.data import Rows

EMPTY = "NA"
CLASSES = ("circle", "square")
OURS, ANOTHERS = "e2e-test-ingestion", "e2e-test-ingestion-of-others"
NO_FEATURES = ("label", "timestamp", "time", "sequence_id", "filename", "extension", "annotation", "mask_id")
Picture = tuple[str, int, int]


@dataclass(frozen=True)
class Table:
    """One table of a secure environment, and the folder of its files."""

    name: str
    category: str
    columns: tuple[str, ...]
    folder: Path

    @property
    def database_url(self) -> str:
        """Where its records are."""
        return f"sqlite:///{self.folder}/records.sqlite"


def store(scene: Scene, task: str, columns: Sequence[str], records: Sequence[Sequence[str]]) -> Table:
    """Write the records, and beside them the same ones of another ingestion and of one to test with, all changed."""
    folder = scene.folder / scene.names.unique("data")
    table = Table(scene.names.table("records"), toy_task(task).category, tuple(columns), folder)
    (folder / table.name).mkdir(parents=True)
    with closing(sqlite3.connect(folder / "records.sqlite")) as database, database:
        named = ", ".join(f'"{name}"' for name in (*columns, "ingestor_id", "data_intent"))
        database.execute(f'CREATE TABLE "{table.name}" (id INTEGER PRIMARY KEY, {named})')
        places = ", ".join("?" * (len(columns) + 2))
        for ingestion, intent in ((ANOTHERS, "train"), (OURS, "train"), (OURS, "test")):
            for record in records:
                cells = [_cell(text) if (ingestion, intent) == (OURS, "train") else _others(text) for text in record]
                database.execute(f'INSERT INTO "{table.name}" ({named}) VALUES ({places})', [*cells, ingestion, intent])  # noqa: S608
    return table


def store_key_points(scene: Scene, pictures: Sequence[Picture], marked: Sequence[dict[str, list[float]]]) -> Table:
    """Write black pictures with key points, in both forms that an annotation may have."""
    annotations = [
        json.dumps(points if number % 2 else {name: {"x": at[0], "y": at[1]} for name, at in points.items()})
        for number, points in enumerate(marked)
    ]
    records = [[name, ".png", annotation] for (name, _, _), annotation in zip(pictures, annotations, strict=True)]
    table = store(scene, "keypoint detection", ["filename", "extension", "annotation"], records)
    _draw(table, pictures)
    return table


def store_boxes(scene: Scene, marked: Mapping[Picture, Sequence[tuple[str, list[float]]]]) -> Table:
    """Write black pictures with the boxes of each, in the form of Pascal VOC."""
    table = store(scene, "object detection", ["filename", "extension"], [[name, ".png"] for name, _, _ in marked])
    _draw(table, list(marked))
    for (name, _, _), boxes in marked.items():
        annotation = f"<annotation>{''.join(_object(shown, box) for shown, box in boxes)}</annotation>"
        (table.folder / table.name / f"{name}.xml").write_text(annotation, encoding="utf-8")
    return table


def _object(shown: str, box: Sequence[float]) -> str:
    corners = "".join(f"<{corner}>{at}</{corner}>" for corner, at in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True))
    return f"<object><name>{shown}</name><bndbox>{corners}</bndbox></object>"


def store_masks(scene: Scene, pictures: Sequence[Picture], halves: Sequence[tuple[int, int]]) -> Table:
    """Write black pictures, each with a mask of its size whose left half is of one class and whose right half of another."""
    from PIL import Image

    records = [[name, ".png", f"{name}-mask"] for name, _, _ in pictures]
    table = store(scene, "semantic segmentation", ["filename", "extension", "mask_id"], records)
    _draw(table, pictures)
    for (name, width, height), (left, right) in zip(pictures, halves, strict=True):
        mask = Image.new("L", (width, height), right)
        mask.paste(left, (0, 0, width // 2, height))
        mask.save(table.folder / table.name / f"{name}-mask.png")
    return table


def read(
    table: Table, classes: Sequence[str] = (), steps: int | None = None, foretold: int | None = None, side: int | None = None
) -> "Rows":
    """The rows to train on; raises UnreadableRows."""
    from environments.platforms.tracebloc.messaging.messages import DatasetTable, ModelInput
    from environments.platforms.tracebloc.training.readers import READERS
    from environments.platforms.tracebloc.training.readers.storage import Source, Storage

    features = [name for name in table.columns if name not in NO_FEATURES]
    dataset = DatasetTable(table=table.name, ingestor_id=OURS, intent="train", features=features, classes=list(classes))
    wanted = ModelInput(sequence_length=steps, forecast_horizon=foretold, data_shape=side)
    return READERS[table.category](Source(Storage(table.database_url, table.folder), dataset, wanted))


def divided(rows: "Rows", fraction: float) -> tuple["Rows", "Rows"]:
    """Those to train on and those to measure on."""
    from environments.platforms.tracebloc.training.data import split

    return split(rows, fraction, seed=1)


def kept_back(number: int, fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """The places, from 0, of the rows to train on and of those to measure on; raises UnreadableRows."""
    from environments.platforms.tracebloc.training.data import split

    trained, kept = split(_numbered([0] * number), fraction, seed)
    return _places(trained), _places(kept)


def drawn(held: Sequence[int], chosen: Mapping[str, int], cycle: int, seed: int, *, in_order: bool = False) -> list[int]:
    """The places of the rows that a cycle trains on, where `held` are the classes of all rows; raises UnreadableRows."""
    from environments.platforms.tracebloc.training.pod import chosen_rows
    from support.platforms.tracebloc.playbook.in_process.written_work import training_work

    work = training_work(classes=CLASSES, cycle=cycle, seed=seed, chosen_rows=chosen)
    return _places(chosen_rows(_numbered(held, in_order=in_order), work))


def _numbered(labels: Sequence[int], *, in_order: bool = False) -> "Rows":
    """Rows whose only feature is their place."""
    import numpy

    from environments.platforms.tracebloc.training.data import Rows

    return Rows(numpy.arange(len(labels), dtype=numpy.float32).reshape(-1, 1), numpy.asarray(labels, dtype=numpy.int64), in_order)


def _places(rows: "Rows") -> list[int]:
    return [int(place) for place in rows.features[:, 0]]


def refusal(scene: Scene, task: str, columns: Sequence[str], records: Sequence[Sequence[str]]) -> str:
    """What the training client says of records that it cannot use, with a picture of that name beside them; empty when it reads them."""
    from environments.platforms.tracebloc.training.data import UnreadableRows

    table = store(scene, task, columns, records)
    _draw(table, [("picture", 4, 4)])
    try:
        read(table, CLASSES, steps=2, foretold=1, side=4)
    except UnreadableRows as error:
        return str(error)
    return ""


def fed_with_texts(texts: Sequence[str], length: int) -> list[tuple[str, list[float]]]:
    """The tokens of each text, and which of them a model that takes an attention mask is told to look at."""
    import numpy
    import torch
    from tokenizers import Tokenizer

    from environments.platforms.tracebloc.training.objectives import feeds
    from environments.platforms.tracebloc.training.objectives.texts import TextTokenizer

    class Teller(torch.nn.Module):
        """Answers with the tokens and the mask that it is given."""

        def forward(self, tokens: torch.Tensor, attention_mask: torch.Tensor | None = None) -> torch.Tensor:
            return torch.stack([tokens, torch.full_like(tokens, -1) if attention_mask is None else attention_mask], dim=1)

    file = model_file("topic classifier").with_name("topic_classifier_tokenizer.json")
    features, _ = TextTokenizer(file.read_bytes(), length).encode(numpy.asarray(texts, dtype=object))
    given = feeds.tokens(Teller(), features)
    names = Tokenizer.from_file(str(file))
    tokens = [" ".join(str(names.id_to_token(int(number))) for number in ids) for ids in given[:, 0]]
    return [(text, [float(each) for each in counted]) for text, counted in zip(tokens, given[:, 1].tolist(), strict=True)]


def shown_colours(scene: Scene, colours: Sequence[str]) -> list[list[float]]:
    """What a model is shown of a picture of each colour: red, green and blue, the same at every point."""
    import torch

    from environments.platforms.tracebloc.training.objectives import feeds

    table = store(scene, "image classification", ["filename", "extension", "label"], [[each, ".png", CLASSES[0]] for each in colours])
    for colour in colours:
        _draw(table, [(colour, 4, 4)], colour)
    shown = feeds.pictures(torch.nn.Identity(), read(table, CLASSES, side=2).features)
    return [[value for channel in picture for value in sorted(set(channel.flatten().tolist()))] for picture in shown]


def asked_words(length: int, seed: int) -> tuple[list[str], list[str], list[str]]:
    """The tokens of a text of that length, what a model that guesses words is shown of them, and what is right where it is asked."""
    import numpy
    from tokenizers import Tokenizer

    from environments.platforms.tracebloc.training.data import Rows
    from environments.platforms.tracebloc.training.objectives.texts import MaskedLanguageModeling, TextTokenizer

    file = model_file("word guesser").with_name("word_guesser_tokenizer.json")
    names = Tokenizer.from_file(str(file))
    words = sorted(word for word in names.get_vocab() if word.isalpha())
    texts = numpy.asarray([" ".join(words[place % len(words)] for place in range(length - 2))], dtype=object)
    objective = MaskedLanguageModeling(TextTokenizer(file.read_bytes(), length), "crossentropy", seed)
    whole = objective.prepare(Rows(texts, texts))
    asked = objective.examination(whole)

    def named(numbers: Sequence[int]) -> list[str]:
        return [str(names.id_to_token(number)) if number >= 0 else "" for number in numbers]

    return named(whole.features[0, 0].tolist()), named(asked.features[0, 0].tolist()), named(asked.labels[0].tolist())


def _draw(table: Table, pictures: Sequence[Picture], colour: str = "black") -> None:
    from PIL import Image

    for name, width, height in pictures:
        Image.new("RGB", (width, height), colour).save(table.folder / table.name / f"{name}.png")


def _cell(text: str) -> object:
    if text == EMPTY:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _others(text: str) -> object:
    cell = _cell(text)
    return cell + 1000 if isinstance(cell, float) else cell
