"""Small datasets with one defect each, of the kinds that real sources have. Source: tracebloc-ingestor 0.8.94 (its validators)."""

import csv
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from environments.errors import WrongScenario
from support.nearest import did_you_mean
from support.platforms.tracebloc.sample_data.sources import images, tables
from support.platforms.tracebloc.sample_data.sources.source import Source

TOO_LONG = "x" * 300
SEED = 1


def table_with(defect: str, folder: Path) -> Source:
    """Write a small table to classify by, with one defect; raises WrongScenario for an unknown one."""
    return _spoilt(tables.classification, TABLE_DEFECTS, defect, folder)


def images_with(defect: str, folder: Path) -> Source:
    """Write a few small images to classify, with one defect; raises WrongScenario for an unknown one."""
    return _spoilt(images.classification, IMAGE_DEFECTS, defect, folder)


def table_with_a_label_too_long(folder: Path) -> Source:
    """Write a small table with one row that passes every check before the database, which refuses it."""
    return _cell(folder, tables.classification(folder, SEED), "label", TOO_LONG)


def sequences_with_a_number_too_large(folder: Path) -> Source:
    """Write a few sequences; the last row of the last one passes every check before the database, which refuses it."""
    return _cell(folder, tables.sequences(folder, SEED), "rate", "99999999999")


def table_with_repeated_rows(folder: Path) -> Source:
    """Write a small table whose first two rows stand in it twice."""
    source = tables.classification(folder, SEED)
    _rewrite(folder, lambda lines: [*lines, *lines[1:3]])
    return source


def table_with_other_columns(folder: Path) -> Source:
    """Write a small table that has a column `weight` where others have `age`."""
    return _renamed(folder, tables.classification(folder, SEED), "age", "weight")


def table_with_a_mistyped_label(folder: Path) -> Source:
    """Write a small table; its configuration names a label column that is nowhere."""
    source = tables.classification(folder, SEED)
    return replace(source, config=source.config | {"label": "lable"})


def _spoilt(make: Callable[[Path, int], Source], defects: dict[str, "Defect"], defect: str, folder: Path) -> Source:
    if defect not in defects:
        raise WrongScenario(f"there is no toy dataset with the defect '{defect}'.{did_you_mean(defect, defects)}")
    return defects[defect](folder, make(folder, SEED))


def _rewrite(folder: Path, change: Callable[[list[list[str]]], list[list[str]]]) -> None:
    path = folder / "table.csv"
    lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(change(lines))


def _column_missing(folder: Path, source: Source) -> Source:
    _rewrite(folder, lambda lines: [line[1:] for line in lines])
    return source


def _no_number(folder: Path, source: Source) -> Source:
    return _cell(folder, source, "age", "many")


def _text_too_long(folder: Path, source: Source) -> Source:
    return _cell(folder, source, "city", TOO_LONG)


def _label_missing(folder: Path, source: Source) -> Source:
    return _cell(folder, source, "label", "")


def _one_class(folder: Path, source: Source) -> Source:
    column = _header(folder).index("label")
    _rewrite(folder, lambda lines: [lines[0], *([*line[:column], "stays", *line[column + 1 :]] for line in lines[1:])])
    return source


def _ragged(folder: Path, source: Source) -> Source:
    _rewrite(folder, lambda lines: [*lines[:-1], [*lines[-1], "one", "more"]])
    return source


def _header_only(folder: Path, source: Source) -> Source:
    _rewrite(folder, lambda lines: lines[:1])
    return source


def _empty_file(folder: Path, source: Source) -> Source:
    (folder / "table.csv").write_bytes(b"")
    return source


def _other_encoding(folder: Path, source: Source) -> Source:
    _cell(folder, source, "city", "Zürich")
    text = (folder / "table.csv").read_text(encoding="utf-8")
    # a letter that the other encoding does not have
    (folder / "table.csv").write_bytes(text.replace("Łódź", "Lodz").encode("latin-1"))
    return source


def _framework_column(folder: Path, source: Source) -> Source:
    return _renamed(folder, source, "age", "status")


def _label_absent(folder: Path, source: Source) -> Source:
    schema = source.config["schema"] | {"outcome": "VARCHAR(50)"}
    return replace(source, config=source.config | {"schema": schema, "label": "outcome"})


def _image_missing(folder: Path, source: Source) -> Source:
    _first_image(folder).unlink()
    return source


def _image_damaged(folder: Path, source: Source) -> Source:
    image = _first_image(folder)
    image.write_bytes(image.read_bytes()[:40])
    return source


def _image_size(folder: Path, source: Source) -> Source:
    from PIL import Image

    Image.new("RGB", (images.SIDE + 1, images.SIDE)).save(_first_image(folder))
    return source


def _not_an_image(folder: Path, source: Source) -> Source:
    _first_image(folder).write_bytes(random.Random(SEED).randbytes(200))  # noqa: S311 (toy data)
    return source


def _renamed(folder: Path, source: Source, column: str, name: str) -> Source:
    _rewrite(folder, lambda lines: [[name if cell == column else cell for cell in lines[0]], *lines[1:]])
    schema = {name if declared == column else declared: kind for declared, kind in source.config["schema"].items()}
    return replace(source, config=source.config | {"schema": schema})


def _cell(folder: Path, source: Source, column: str, value: str) -> Source:
    """Put a value into a column of the last row."""
    position = _header(folder).index(column)
    _rewrite(folder, lambda lines: [*lines[:-1], [*lines[-1][:position], value, *lines[-1][position + 1 :]]])
    return source


def _header(folder: Path) -> list[str]:
    return (folder / "table.csv").read_text(encoding="utf-8").splitlines()[0].split(",")


def _first_image(folder: Path) -> Path:
    return min((folder / "images").iterdir())


Defect = Callable[[Path, Source], Source]

TABLE_DEFECTS: dict[str, Defect] = {
    "a declared column is missing": _column_missing,
    "a number is not one": _no_number,
    "a text is longer than declared": _text_too_long,
    "a row has no label": _label_missing,
    "there is one class only": _one_class,
    "a row has too many cells": _ragged,
    "there is a header and no row": _header_only,
    "the file is empty": _empty_file,
    "the text is in another encoding": _other_encoding,
    "a column is named like one of the framework's": _framework_column,
    "the label's column is declared and not there": _label_absent,
}
IMAGE_DEFECTS: dict[str, Defect] = {
    "an image is missing": _image_missing,
    "an image is cut off": _image_damaged,
    "an image has another size": _image_size,
    "a file is not an image": _not_an_image,
}
