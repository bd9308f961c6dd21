"""Small images: pictures of one coloured square each, with what the category wants beside them. Pillow is imported at the first use."""

import json
import random
from pathlib import Path
from xml.etree import ElementTree

from support.platforms.tracebloc.sample_data.sources.source import Cell, Source, counted, write_table

IMAGES = 6
SIDE = 32  # pixels; less is refused
SQUARE = 12
COLOURS = {"red": (220, 30, 30), "blue": (30, 30, 220)}
Box = tuple[int, int, int, int]


def classification(folder: Path, seed: int) -> Source:
    """Which colour is the square?"""
    drawn = _draw(folder, seed)
    write_table(folder / "labels.csv", [{"filename": name, "label": colour} for name, colour, _ in drawn])
    config = {"csv": "labels.csv", "images": "images", "label": "label", "target_size": [SIDE, SIDE], **_png()}
    return _source("image_classification", config, drawn)


def objects(folder: Path, seed: int) -> Source:
    """Where are the squares? An XML file for each image, and no table; every other image has two squares."""
    drawn = _draw(folder, seed)
    (folder / "annotations").mkdir()
    boxes: list[str] = []
    found: list[str] = []
    for number, (name, colour, box) in enumerate(drawn):
        squares = [(colour, box)] * (1 + number % 2)
        boxes += [colour] * len(squares)
        found.append(f"{colour}:{len(squares)}")
        _annotate(folder / "annotations" / f"{Path(name).stem}.xml", name, squares)
    config = {"images": "images", "annotations": "annotations", "target_size": [SIDE, SIDE], **_png()}
    beside = [f"{Path(name).stem}.xml" for name, _, _ in drawn]
    return _source("object_detection", config, drawn, stored_labels=found, labels=boxes, beside=beside)


def keypoints(folder: Path, seed: int) -> Source:
    """Where are two corners of the square?"""
    drawn = _draw(folder, seed)
    rows: list[dict[str, Cell]] = [
        {
            "filename": name,
            "Annotation": json.dumps({"top left": [left, top], "bottom right": [right, bottom]}),
            "Visibility": json.dumps({"top left": 1, "bottom right": 1}),
            "label": colour,
        }
        for name, colour, (left, top, right, bottom) in drawn
    ]
    write_table(folder / "labels.csv", rows)
    config = {"csv": "labels.csv", "images": "images", "label": "label", "target_size": [SIDE, SIDE], "number_of_keypoints": 2, **_png()}
    return _source("keypoint_detection", config, drawn)


def segmentation(folder: Path, seed: int) -> Source:
    """Which pixels are the square? A mask for each image."""
    from PIL import Image, ImageDraw

    drawn = _draw(folder, seed)
    (folder / "masks").mkdir()
    masks = [f"{Path(name).stem}_mask.png" for name, _, _ in drawn]
    for mask, (_, _, box) in zip(masks, drawn, strict=True):
        picture = Image.new("L", (SIDE, SIDE))
        ImageDraw.Draw(picture).rectangle(box, fill=1)
        picture.save(folder / "masks" / mask)
    rows: list[dict[str, Cell]] = [
        {"filename": name, "mask_id": mask, "label": colour} for mask, (name, colour, _) in zip(masks, drawn, strict=True)
    ]
    write_table(folder / "labels.csv", rows)
    config = {"csv": "labels.csv", "images": "images", "masks": "masks", "label": "label", "target_size": [SIDE, SIDE], **_png()}
    return _source("semantic_segmentation", {**config, "schema": {"mask_id": "VARCHAR(255)"}}, drawn, beside=masks, columns=("mask_id",))


def _draw(folder: Path, seed: int) -> list[tuple[str, str, Box]]:
    """Draw the images; for each its name, its colour and where its square is."""
    from PIL import Image, ImageDraw

    dice = random.Random(seed)  # noqa: S311 (toy data)
    (folder / "images").mkdir()
    drawn: list[tuple[str, str, Box]] = []
    for number in range(IMAGES):
        name, colour = f"image-{seed}-{number}.png", list(COLOURS)[number % len(COLOURS)]
        left, top = (dice.randint(1, SIDE - SQUARE - 2) for _ in range(2))
        box = (left, top, left + SQUARE, top + SQUARE)
        picture = Image.new("RGB", (SIDE, SIDE), (240, 240, 240))
        ImageDraw.Draw(picture).rectangle(box, fill=COLOURS[colour])
        picture.save(folder / "images" / name)
        drawn.append((name, colour, box))
    return drawn


def _annotate(path: Path, image: str, squares: list[tuple[str, Box]]) -> None:
    """Write an image's annotation in the Pascal VOC format."""
    root = ElementTree.Element("annotation")
    for name, text in (("folder", "images"), ("filename", image)):
        ElementTree.SubElement(root, name).text = text
    source = ElementTree.SubElement(root, "source")
    for name in ("database", "annotation", "image"):
        ElementTree.SubElement(source, name).text = "toy"
    size = ElementTree.SubElement(root, "size")
    for name, number in (("width", SIDE), ("height", SIDE), ("depth", 3)):
        ElementTree.SubElement(size, name).text = str(number)
    ElementTree.SubElement(root, "segmented").text = "0"
    for label, box in squares:
        square = ElementTree.SubElement(root, "object")
        for name, text in (("name", label), ("pose", "Unspecified"), ("truncated", "0"), ("difficult", "0")):
            ElementTree.SubElement(square, name).text = text
        corners = ElementTree.SubElement(square, "bndbox")
        for name, number in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True):
            ElementTree.SubElement(corners, name).text = str(number)
    ElementTree.ElementTree(root).write(path)


def _png() -> dict[str, object]:
    return {"spec": {"file_options": {"extension": ".png"}}}


def _source(
    category: str,
    config: dict[str, object],
    drawn: list[tuple[str, str, Box]],
    *,
    stored_labels: list[str] | None = None,
    labels: list[str] | None = None,
    beside: list[str] | None = None,
    columns: tuple[str, ...] = (),
) -> Source:
    colours = [colour for _, colour, _ in drawn]
    return Source(
        category=category,
        config=config,
        rows=len(drawn),
        records=len(drawn),
        stored_labels=dict(counted(colours if stored_labels is None else stored_labels)),
        labels=counted(colours if labels is None else labels),
        columns=columns,
        files=frozenset([*(name for name, _, _ in drawn), *(beside or [])]),
    )
