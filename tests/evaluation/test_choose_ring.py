"""Which ring incidents justify, how their file is read, and which scenario would have caught each."""

from datetime import date
from pathlib import Path

import pytest

from support.evaluation.catches import Matcher, catchers
from support.evaluation.incidents import Boundary, Incident, WrongIncidents, read_incidents
from support.evaluation.ring_choice import choose_ring
from support.gherkin.features import read_feature

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "incidents.csv"
TODAY = date(2026, 11, 27)


def incidents(**counts: int) -> list[Incident]:
    return [Incident(TODAY, f"{name} {number}", Boundary(name)) for name, count in counts.items() for number in range(count)]


@pytest.mark.parametrize(
    ("counts", "justified"),
    [
        ({}, []),
        ({"inside": 2, "between": 2, "platform": 2}, []),
        ({"between": 3}, [2]),
        ({"inside": 3, "between": 5, "platform": 4}, [2, 3, 1]),
        ({"platform": 3, "inside": 3}, [1, 3]),
        ({"other": 9}, []),
    ],
)
def test_three_at_its_boundary_justify_a_ring_the_most_first_and_of_two_alike_the_cheaper(
    counts: dict[str, int], justified: list[int]
) -> None:
    assert [ring.number for ring in choose_ring(incidents(**counts), TODAY).justified] == justified


def test_when_most_are_at_no_rings_boundary_that_is_said() -> None:
    assert choose_ring(incidents(between=3, other=4), TODAY).others_prevail
    assert not choose_ring(incidents(between=3, other=3), TODAY).others_prevail


def test_only_the_last_half_year_counts() -> None:
    days = [date(2026, 5, 29), date(2026, 5, 30), TODAY, date(2026, 11, 28)]
    choice = choose_ring([Incident(day, "x", Boundary.INSIDE) for day in days], TODAY)
    assert ([incident.day for incident in choice.incidents], choice.left_out) == ([date(2026, 5, 30), TODAY], 2)


def test_the_example_is_read_and_justifies_ring_2() -> None:
    choice = choose_ring(read_incidents(EXAMPLE), TODAY)
    assert [ring.number for ring in choice.justified] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "date,title,boundary\n2026-01-02,It fell,inside\n",
        "\ufeffBoundary;Title;Date\r\ninside;It fell;2026-01-02\r\n\r\n",
        "date\ttitle\tboundary\n2026-01-02\tIt fell\tinside\n",
    ],
)
def test_files_of_spreadsheets_are_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "i.csv").write_bytes(text.encode())
    assert read_incidents(tmp_path / "i.csv") == [Incident(date(2026, 1, 2), "It fell", Boundary.INSIDE)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "line 1: the columns date, title, boundary are missing"),
        (b"date,title\n", "line 1: the column boundary is missing"),
        (b"date,title,boundary,wher\n", "'wher' is not a column. Did you mean 'where'?"),
        (b"date,title,boundary\n", "lists no incident"),
        (b"date,title,boundary\n1.2.2026,a,inside\n", "line 2: '1.2.2026' is not a date: write it as 2026-05-28"),
        (b"date,title,boundary\n2026-01-02,,inside\n", "line 2: it has no title"),
        (b"date,title,boundary\n2026-01-02,a,insde\n", "line 2: 'insde' is not a boundary. Did you mean 'inside'?"),
        (b"date,title,boundary\n2026-01-02,a\n", "line 2: '' is not a boundary"),
        (b"date,title,boundary\n2026-01-02,a, b,inside\n", "line 2: more cells than headings"),
        (b'date,title,boundary\n2026-01-02,"a"b,inside\n', "line 2: cannot be read as CSV"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (
            b"\xef\xbb\xbfdate,title,boundary\n2026-01-02,caf\xe9,inside\n",
            "i.csv, line 2: is not UTF-8 text, though the file",
        ),
        (b"date,title,boundary\n" + b"x,y,z\n" * 30, "and 10 more"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, text: bytes, words: str) -> None:
    (tmp_path / "i.csv").write_bytes(text)
    with pytest.raises(WrongIncidents) as refused:
        read_incidents(tmp_path / "i.csv")
    assert words in str(refused.value)


FEATURE = """
Feature: shop
  Catches: a shop that is closed on a working day.
  @catches.orders-lost
  Scenario: The morning
    Given it opens
  Scenario: An order
    Catches: an order that is charged twice, when the customer
    clicks again.

    Catches no sabotage: there is none.

    Given an order
  Scenario Outline: A parcel to <where>
    Catches: a parcel whose label is torn.

    Given a parcel
    Examples:
      | where |
      | Rome  |
      | Oslo  |
"""


def matcher(tmp_path: Path) -> Matcher:
    (tmp_path / "shop.feature").write_text(FEATURE)
    return Matcher(catchers([read_feature(tmp_path / "shop.feature")], {"orders-lost": "the warehouse burns down at night"}))


@pytest.mark.parametrize(
    ("title", "scenario"),
    [
        ("A customer was charged twice for one order", "An order"),
        ("The shop stayed closed on Monday, a working day", "The morning"),
        ("Warehouses burned at night", "The morning"),
        ("Labels of parcels were torn", "A parcel to <where>"),
        ("Something about sabotage, and there is none", None),
        ("Orders", None),
        ("The moon is full", None),
    ],
)
def test_the_scenario_whose_words_are_most_like_an_incident_would_have_caught_it(tmp_path: Path, title: str, scenario: str | None) -> None:
    found = matcher(tmp_path).best(Incident(TODAY, title, Boundary.INSIDE))
    assert (found.catcher.name if found else None) == scenario


def test_the_words_that_they_share_are_told_as_the_incident_has_them(tmp_path: Path) -> None:
    found = matcher(tmp_path).best(Incident(TODAY, "Customers were charged twice", Boundary.INSIDE))
    assert found is not None
    assert sorted(found.words) == ["charged", "customers", "twice"]
    assert found.catcher.location.endswith("shop.feature:7")
