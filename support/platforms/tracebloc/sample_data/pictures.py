"""Toy pictures of 32 x 32 pixels: coloured shapes on a dark, noisy ground, and what is marked on them."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 32
EXTENSION = ".png"
GROUND, NOISE = 40, 30  # brightness of the ground, and of the noise on everything
COLOURS = {"circle": (220, 40, 40), "square": (40, 220, 40), "triangle": (40, 40, 220)}
BACKGROUND = "background"
KEY_POINTS = ("head", "tail")
_SMALLEST, _LARGEST = 10, 18

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Drawn:
    """One picture's name, what it shows and where."""

    name: str
    shape: str
    box: Box


def drawings(count: int, seed: int, shapes: tuple[str, ...]) -> list[Drawn]:
    """What `count` pictures show: each of the shapes equally often, at random places and in random sizes."""
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    chosen = [shapes[number % len(shapes)] for number in range(count)]
    random_numbers.shuffle(chosen)
    return [Drawn(f"picture_{number:03d}", shape, _box(random_numbers)) for number, shape in enumerate(chosen)]


def draw(drawn: Drawn, folder: Path, seed: int) -> None:
    """Write the picture."""
    _noisy([(drawn.shape, drawn.box)] if drawn.shape in COLOURS else [], f"{seed} {drawn.name}").save(folder / f"{drawn.name}{EXTENSION}")


def mask(drawn: Drawn, classes: list[str]) -> "Image":
    """A picture of which each pixel holds the index of its class."""
    from PIL import Image, ImageDraw

    indices = Image.new("L", (SIDE, SIDE), classes.index(BACKGROUND))
    if drawn.shape in COLOURS:
        _outline(ImageDraw.Draw(indices), drawn.shape, drawn.box, classes.index(drawn.shape))
    return indices


def save_mask(drawn: Drawn, folder: Path, classes: list[str]) -> str:
    """Write the mask; returns its name."""
    name = f"{drawn.name}_mask"
    mask(drawn, classes).save(folder / f"{name}.png")
    return name


def points(count: int, seed: int) -> list[dict[str, tuple[int, int]]]:
    """Where head and tail are in `count` pictures; never in one row or column."""
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    return [
        dict(zip(KEY_POINTS, zip(*(random_numbers.sample(range(3, SIDE - 3), 2) for _ in "xy"), strict=True), strict=True))
        for _ in range(count)
    ]


def draw_points(name: str, marked: dict[str, tuple[int, int]], folder: Path, seed: int) -> str:
    """Write a picture with a red head and a green tail; returns its annotation."""
    shapes = [(shape, (x - 2, y - 2, x + 2, y + 2)) for shape, (x, y) in zip(COLOURS, marked.values(), strict=False)]
    _noisy(shapes, f"{seed} {name}").save(folder / f"{name}{EXTENSION}")
    return json.dumps({point: list(at) for point, at in marked.items()})


def write_annotation(drawn: Drawn, folder: Path) -> None:
    """Write the Pascal VOC annotation, with every element that tracebloc-ingestor 0.8.94 asks for."""
    left, top, right, bottom = drawn.box
    elements: dict[str, Any] = {"xmin": left, "ymin": top, "xmax": right, "ymax": bottom}
    corners = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
    (folder / f"{drawn.name}.xml").write_text(
        f"<annotation><folder>toys</folder><filename>{drawn.name}{EXTENSION}</filename>"
        "<source><database>toys</database><annotation>toys</annotation><image>toys</image></source>"
        f"<size><width>{SIDE}</width><height>{SIDE}</height><depth>3</depth></size><segmented>0</segmented>"
        f"<object><name>{drawn.shape}</name><pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>"
        f"<bndbox>{corners}</bndbox></object></annotation>",
        encoding="utf-8",
    )


def _box(random_numbers: random.Random) -> Box:
    width, height = (random_numbers.randint(_SMALLEST, _LARGEST) for _ in "xy")
    left, top = random_numbers.randint(0, SIDE - width - 1), random_numbers.randint(0, SIDE - height - 1)
    return left, top, left + width, top + height


def _noisy(shapes: list[tuple[str, Box]], seed: str) -> "Image":
    from PIL import Image, ImageChops, ImageDraw

    picture = Image.new("RGB", (SIDE, SIDE), (GROUND, GROUND, GROUND))
    for shape, box in shapes:
        _outline(ImageDraw.Draw(picture), shape, box, COLOURS[shape])
    noise = random.Random(seed).randbytes(SIDE * SIDE * 3)  # noqa: S311 (toy data)
    grain = Image.frombytes("RGB", (SIDE, SIDE), noise).point(lambda value: value * NOISE // 255)
    return ImageChops.add(picture, grain)


def _outline(canvas: Any, shape: str, box: Box, fill: Any) -> None:  # noqa: ANN401 (Pillow's drawing, and its colours)
    left, top, right, bottom = box
    inside = (left, top, right - 1, bottom - 1)
    if shape == "circle":
        canvas.ellipse(inside, fill=fill)
    elif shape == "square":
        canvas.rectangle(inside, fill=fill)
    else:
        canvas.polygon([(left, bottom - 1), (right - 1, bottom - 1), ((left + right) // 2, top)], fill=fill)
