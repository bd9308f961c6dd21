"""What the training client reads of a secure environment, and feeds models with."""

import math
from collections.abc import Callable, Mapping, Sequence

from behave import given, then
from behave.runner import Context
from hamcrest import assert_that, equal_to, greater_than

from support.platforms.tracebloc.playbook.in_process import read_data
from support.platforms.tracebloc.playbook.in_process.read_data import Picture, Table
from support.results.comparison import assert_words_said
from support.step_arguments import Rows, takes_table

SEEDS = 8


@given('a secure environment holds these records of "{task}":')
@takes_table({}, others="string")
def holds_records(context: Context, task: str, rows: Rows) -> None:
    """A column each; `NA` is an empty cell. The label and what orders the records are no features."""
    context.records = read_data.store(context.scene, task, list(rows[0]), [list(row.values()) for row in rows])


@then("a model that looks at {int} steps and foretells {int} is fed with these windows:")
@takes_table({"level": "list_of_numbers", "label": "list_of_numbers"})
def fed_with_windows(context: Context, steps: int, foretold: int, rows: Rows) -> None:
    """One row a window, the steps of its only column in their order."""
    read = read_data.read(context.records, steps=steps, foretold=foretold)
    windows = [(window[:, 0].tolist(), label.tolist()) for window, label in zip(read.features, read.labels, strict=True)]
    assert_that(windows, equal_to([(_numbers(row["level"]), _numbers(row["label"])) for row in rows]), "the windows")


@then("a model that looks at {int} steps of a sequence, told of the classes {string}, is fed with these sequences:")
@takes_table({"label": "int"}, others="list_of_numbers")
def fed_with_sequences(context: Context, steps: int, classes: str, rows: Rows) -> None:
    """One row a sequence, in the order of their names; a column holds its steps, a label is the place of its class."""
    read = read_data.read(context.records, classes=classes.split(", "), steps=steps)
    names = [name for name in rows[0] if name != "label"]
    fed = [
        {**{name: [round(float(step), 6) for step in values] for name, values in zip(names, sequence.T, strict=True)}, "label": int(label)}
        for sequence, label in zip(read.features, read.labels, strict=True)
    ]
    assert_that(fed, equal_to([{**{name: _numbers(row[name]) for name in names}, "label": row["label"]} for row in rows]), "the sequences")


@then("of windows of {int} steps, with {float} of them kept back, it is trained on {string} and measured on {string}")
def kept_back(context: Context, steps: int, part: float, trained: str, measured: str) -> None:
    """Told by what each window foretells, one step each."""
    parts = read_data.divided(read_data.read(context.records, steps=steps, foretold=1), part)
    told = tuple(sorted(each.labels[:, 0].tolist()) for each in parts)
    assert_that(told, equal_to((_numbers(trained), _numbers(measured))), "what is foretold in training and in measuring")


@then("so many rows are kept back to measure on, the same ones for the same seed, and all others are trained on:")
@takes_table({"rows": "int", "part": "float", "trained on": "int", "kept back": "int"})
def so_many_kept_back(context: Context, rows: Rows) -> None:
    """A part is rounded, half to even, and at least one row is left on either side; of another seed other rows are kept back."""
    for row in rows:
        number, part = row["rows"], row["part"]
        trained, kept = read_data.kept_back(number, part, seed=1)
        assert_that((len(trained), len(kept)), equal_to((row["trained on"], row["kept back"])), f"rows of {number}, {part} kept back")
        assert_that(sorted({*trained, *kept}), equal_to(list(range(number))), f"the rows of {number}, {part} kept back")
        assert_that(read_data.kept_back(number, part, seed=1), equal_to((trained, kept)), f"the same with the same seed, of {number}")
    largest = max(row["rows"] for row in rows)
    others = {tuple(sorted(read_data.kept_back(largest, 0.5, seed)[1])) for seed in range(SEEDS)}
    assert_that(len(others), greater_than(1), f"choices with {SEEDS} seeds, of {largest} rows")


@then("of {int} circles and {int} squares that lie mixed, these choices are drawn, the same in every cycle:")
@takes_table({"circles": "int", "squares": "int", "any": "int", "drawn": "string"})
def drawn_alike(context: Context, circles: int, squares: int, rows: Rows) -> None:
    """Each row at most once, in the order that they lie in, and others with other seeds where there is a choice."""
    held = [int(place * 5 % (circles + squares) >= circles) for place in range(circles + squares)]
    for row in rows:
        chosen = {"circle": row["circles"], "square": row["squares"], "": row["any"]}
        told = _told(lambda chosen=chosen: _drawn_everywhere(held, chosen))
        assert_that(told, equal_to(row["drawn"]), f"what is drawn of {chosen}")


@then("of {int} rows in the order of time, a choice of {int} draws the last ones, and one of {int} all of them")
def drawn_in_time(context: Context, number: int, fewer: int, more: int) -> None:
    """What comes first in time is what a model least needs to foretell the next."""
    ends = [read_data.drawn([0] * number, {"circle": each}, cycle=1, seed=1, in_order=True) for each in (fewer, more)]
    assert_that(ends, equal_to([list(range(number - fewer, number)), list(range(number))]), "the rows that are drawn")


@then("a model that is told of the classes {string} is fed with these rows:")
@takes_table({"label": "list_of_numbers"}, others="string")
def fed_with_rows(context: Context, classes: str, rows: Rows) -> None:
    """In the order of the records; `NA` is an empty cell, a label the place of its class."""
    _assert_rows(context.records, classes.split(", "), rows)


@then("a model that is told of no classes is fed with these rows:")
@takes_table({"label": "list_of_numbers"}, others="string")
def fed_with_numbers(context: Context, rows: Rows) -> None:
    """In the order of the records; a label may be more than one number."""
    _assert_rows(context.records, [], rows)


@then("these records are refused:")
@takes_table({"task": "task", "columns": "string", "records": "string", "words": "string"})
def records_refused(context: Context, rows: Rows) -> None:
    """Each row alone, where `circle` and `square` are the classes; records stand behind each other, with a semicolon between."""
    told = []
    for row in rows:
        records = [record.split(", ") for record in row["records"].split("; ")]
        said = read_data.refusal(context.scene, row["task"], row["columns"].split(", "), records)
        told.append((f"{row['task']}: {row['records']}", row["words"], said))
    assert_words_said("what the training client says", told)


@given("a secure environment holds these pictures with key points:")
@takes_table({"picture": "word", "width": "int", "height": "int"}, others="list_of_numbers")
def holds_key_points(context: Context, rows: Rows) -> None:
    """Black pictures; a column for each key point, with its x and y."""
    names = [name for name in rows[0] if name not in ("picture", "width", "height")]
    marked = [{name: _numbers(row[name]) for name in names} for row in rows]
    context.records = read_data.store_key_points(context.scene, [_picture(row) for row in rows], marked)


@then("a model of pictures with a side of {int} is fed with these key points:")
@takes_table({"picture": "word"}, others="list_of_numbers")
def fed_with_key_points(context: Context, side: int, rows: Rows) -> None:
    """In pixels of the picture that the model sees, in the order of their names; all are visible."""
    read = read_data.read(context.records, side=side)
    expected = [[[*_numbers(row[name]), 1.0] for name in sorted(row) if name != "picture"] for row in rows]
    assert_that(read.features.shape, equal_to((len(rows), side, side, 3)), "the pictures")
    assert_that(read.labels.tolist(), equal_to(expected), "the key points")


@given("a secure environment holds these pictures with boxes:")
@takes_table({"picture": "word", "width": "int", "height": "int", "object": "word", "box": "list_of_numbers"})
def holds_boxes(context: Context, rows: Rows) -> None:
    """Black pictures, each with the objects of its rows: left, top, right, bottom."""
    marked: dict[Picture, list[tuple[str, list[float]]]] = {}
    for row in rows:
        marked.setdefault(_picture(row), []).append((row["object"], _numbers(row["box"])))
    context.records = read_data.store_boxes(context.scene, marked)


@then("a model of pictures with a side of {int}, told of the classes {string}, is fed with these boxes:")
@takes_table({"picture": "word", "class": "int", "box": "list_of_numbers"})
def fed_with_boxes(context: Context, side: int, classes: str, rows: Rows) -> None:
    """In pixels of the picture that the model sees; where a picture has fewer boxes than another one, no number stands in for the rest."""
    read = read_data.read(context.records, classes=classes.split(", "), side=side)
    expected: dict[str, list[list[float]]] = {}
    for row in rows:
        expected.setdefault(row["picture"], []).append([float(row["class"]), *_numbers(row["box"])])
    fed = [[box for box in boxes if not all(map(math.isnan, box))] for boxes in read.labels.tolist()]
    assert_that(fed, equal_to(list(expected.values())), "the boxes")


@given("a secure environment holds these pictures with masks:")
@takes_table({"picture": "word", "width": "int", "height": "int", "left half": "int", "right half": "int"})
def holds_masks(context: Context, rows: Rows) -> None:
    """Black pictures; each half of a mask is of the class with this number."""
    halves = [(row["left half"], row["right half"]) for row in rows]
    context.records = read_data.store_masks(context.scene, [_picture(row) for row in rows], halves)


@then("a model of pictures with a side of {int}, told of the classes {string}, is fed with these masks:")
@takes_table({"picture": "word", "left half": "int", "right half": "int"})
def fed_with_masks(context: Context, side: int, classes: str, rows: Rows) -> None:
    """A class for each pixel of the picture that the model sees, the same all over a half."""
    read = read_data.read(context.records, classes=classes.split(", "), side=side)
    half = side // 2
    expected = [[[row["left half"]] * half + [row["right half"]] * (side - half)] * side for row in rows]
    assert_that(read.labels.tolist(), equal_to(expected), "the masks")


@then("a model that looks at {int} tokens and asks which of them count is fed with:")
@takes_table({"text": "string", "tokens": "string", "counted": "list_of_numbers"})
def fed_with_tokens(context: Context, length: int, rows: Rows) -> None:
    """By the tokenizer of the toy model `topic classifier`; the model tells what it was given."""
    fed = read_data.fed_with_texts([row["text"] for row in rows], length)
    expected = [(row["tokens"], _numbers(row["counted"])) for row in rows]
    assert_that(fed, equal_to(expected), "tokens, and which of them count")


@then("a model of pictures is shown these colours as:")
@takes_table({"colour": "word", "red": "float", "green": "float", "blue": "float"})
def shown_colours(context: Context, rows: Rows) -> None:
    """A picture all of one colour, by its name on the web: the same numbers at every point."""
    shown = read_data.shown_colours(context.scene, [row["colour"] for row in rows])
    expected = [[row["red"], row["green"], row["blue"]] for row in rows]
    assert_that([[round(each, 5) for each in picture] for picture in shown], equal_to(expected), "the colours")


@then("of a text of {int} words, a model that guesses words is asked for some and not for most, sees none of those, and all of the others")
def asked_for_some(context: Context, length: int) -> None:
    """The same ones for the same seed; what stands in place of those that are asked for is the tokenizer's mask, here `[MASK]`."""
    text, shown, right = read_data.asked_words(length, seed=1)
    asked = [place for place, word in enumerate(right) if word]
    assert_that(0 < len(asked) < length / 2, equal_to(True), f"whether {len(asked)} of {length} words are some and not most")
    assert_that([right[place] for place in asked], equal_to([text[place] for place in asked]), "what is right")
    expected = ["[MASK]" if place in asked else word for place, word in enumerate(text)]
    assert_that(shown, equal_to(expected), "what the model is shown")
    assert_that(read_data.asked_words(length, seed=1), equal_to((text, shown, right)), "the same with the same seed")


def _drawn_everywhere(held: Sequence[int], chosen: Mapping[str, int]) -> str:
    draws = [[read_data.drawn(held, chosen, cycle, seed) for cycle in (1, 2, 3)] for seed in range(SEEDS)]
    for of_seed in draws:
        first = of_seed[0]
        assert_that(of_seed, equal_to([first] * len(of_seed)), f"what cycle after cycle draws of {chosen}")
        assert_that(first, equal_to(sorted(set(first))), f"the order of what is drawn of {chosen}")
    counted = [sum(held[place] == label for place in draws[0][0]) for label in (0, 1)]
    differ = len({tuple(of_seed[0]) for of_seed in draws}) > 1
    numbers = f"{sum(counted)} of any class" if chosen[""] else f"{counted[0]} circles, {counted[1]} squares"
    return f"{numbers}, {'by the seed' if differ else 'always the same'}"


def _told(act: Callable[[], str]) -> str:
    from environments.platforms.tracebloc.training.data import UnreadableRows

    try:
        return act()
    except UnreadableRows as error:
        return str(error)


def _assert_rows(table: Table, classes: Sequence[str], rows: Rows) -> None:
    read = read_data.read(table, classes=classes)
    names = [name for name in rows[0] if name != "label"]
    fed = [
        # an empty cell is no number, and equals nothing
        ({name: str(value) for name, value in zip(names, features.tolist(), strict=True)}, [float(each) for each in label.reshape(-1)])
        for features, label in zip(read.features, read.labels, strict=True)
    ]
    cells = [{name: "nan" if row[name] == read_data.EMPTY else str(float(row[name])) for name in names} for row in rows]
    assert_that(fed, equal_to([(each, _numbers(row["label"])) for each, row in zip(cells, rows, strict=True)]), "the rows")


def _picture(row: dict[str, object]) -> Picture:
    return str(row["picture"]), int(str(row["width"])), int(str(row["height"]))


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]
