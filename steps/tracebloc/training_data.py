"""What the training client reads of a secure environment, and feeds models with."""

from collections.abc import Sequence

from behave import given, then
from behave.runner import Context
from hamcrest import assert_that, equal_to

from support.platforms.tracebloc.playbook import read_data
from support.platforms.tracebloc.playbook.read_data import Table
from support.results.comparison import ComparedRow, Comparison, assert_no_difference
from support.step_arguments import Rows, takes_table


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
        told.append(ComparedRow((row["words"],), (said,), f"{row['task']}: {row['records']}", () if row["words"] in said else (0,)))
    assert_no_difference(Comparison("what the training client says", tuple(told)))


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
    """Black pictures, each with one object: left, top, right, bottom."""
    marked = [(row["object"], _numbers(row["box"])) for row in rows]
    context.records = read_data.store_boxes(context.scene, [_picture(row) for row in rows], marked)


@then("a model of pictures with a side of {int}, told of the classes {string}, is fed with these boxes:")
@takes_table({"picture": "word", "class": "int", "box": "list_of_numbers"})
def fed_with_boxes(context: Context, side: int, classes: str, rows: Rows) -> None:
    """In pixels of the picture that the model sees."""
    read = read_data.read(context.records, classes=classes.split(", "), side=side)
    expected = [[[float(row["class"]), *_numbers(row["box"])]] for row in rows]
    assert_that(read.labels.tolist(), equal_to(expected), "the boxes")


@then("a model that looks at {int} tokens and asks which of them count is fed with:")
@takes_table({"text": "string", "tokens": "string", "counted": "list_of_numbers"})
def fed_with_tokens(context: Context, length: int, rows: Rows) -> None:
    """By the tokenizer of the toy model `topic classifier`; the model tells what it was given."""
    fed = read_data.fed_with_texts([row["text"] for row in rows], length)
    expected = [(row["tokens"], _numbers(row["counted"])) for row in rows]
    assert_that(fed, equal_to(expected), "tokens, and which of them count")


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


def _picture(row: dict[str, object]) -> tuple[str, int, int]:
    return str(row["picture"]), int(str(row["width"])), int(str(row["height"]))


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]
