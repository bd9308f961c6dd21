"""Values that nothing can change."""

import pickle
from dataclasses import FrozenInstanceError, asdict, fields, replace

import pytest

from support.frozen import Frozen


class Point(Frozen):
    """A place."""

    x: int
    y: int
    name: str = ""


class Line(Frozen):
    """Two of them."""

    begin: Point
    end: Point = Point(0, 0)


def test_fields_are_given_by_place_and_by_name_and_keep_their_order() -> None:
    assert vars(Point(name="a", y=2, x=1)) == vars(Point(1, 2, "a")) == {"x": 1, "y": 2, "name": "a"}
    assert list(vars(Point(name="a", y=2, x=1))) == ["x", "y", "name"]
    assert Point(1, y=2).name == ""


@pytest.mark.parametrize(("values", "named"), [((1,), {}), ((1, 2, "a", 4), {}), ((1, 2), {"x": 1}), ((1, 2), {"z": 1}), ((), {"y": 1})])
def test_too_few_too_many_and_other_fields_are_refused(values: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point takes x, y, name"):
        Point(*values, **named)  # type: ignore[arg-type]


def test_nothing_changes_it() -> None:
    point = Point(1, 2)
    with pytest.raises(FrozenInstanceError):
        point.x = 3  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del point.x
    with pytest.raises(FrozenInstanceError):
        point.other = 3  # type: ignore[attr-defined]
    assert point == Point(1, 2)


def test_it_is_equal_to_what_holds_the_same_and_can_be_a_key() -> None:
    assert {Point(1, 2): "here"}[Point(1, 2)] == "here"
    assert Point(1, 2) != Point(1, 3)
    assert Line(Point(0, 0)) != Point(0, 0)
    assert repr(Point(1, 2, "a")) == "Point(x=1, y=2, name='a')"


def test_it_is_copied_like_a_dataclass() -> None:
    line = Line(Point(1, 2))
    assert replace(line, end=Point(3, 4)) == Line(Point(1, 2), Point(3, 4))
    assert asdict(line) == {"begin": {"x": 1, "y": 2, "name": ""}, "end": {"x": 0, "y": 0, "name": ""}}
    assert [field.name for field in fields(Line)] == ["begin", "end"]
    assert pickle.loads(pickle.dumps(line)) == line  # noqa: S301 - made here


def test_a_match_takes_it_apart() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_no_method_is_compiled_for_a_class() -> None:
    assert not {"__init__", "__eq__", "__hash__", "__repr__", "__setattr__"} & vars(Point).keys()
