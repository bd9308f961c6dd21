"""Tables and texts below steps: each mistake is one sentence with what is needed and what was given."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from behave.cucumber_expression import StepMatcher4CucumberExpressions, TypeRegistry4ParameterType, define_parameter_type_with
from behave.model import Table as BehaveTable

from support.sentence_values import wrong_value
from support.step_arguments import Rows, WrongArgument, allowed_values, takes_table, takes_text, why_not

PATTERNS = {"score": ["accuracy|rmse"], "numbers": ["[-0-9., ]+"]}


@pytest.fixture(autouse=True)
def types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StepMatcher4CucumberExpressions, "TYPE_REGISTRY", TypeRegistry4ParameterType())
    for name, (pattern,) in PATTERNS.items():
        define_parameter_type_with(name=name, regexp=pattern, type=str)


def table(*rows: Sequence[str]) -> BehaveTable:
    made = BehaveTable(list(rows[0]), line=10) if rows else BehaveTable([], line=10)
    for number, row in enumerate(rows[1:], 11):
        made.add_row(list(row), number)
    return made


def given(table: BehaveTable | None, text: str | None = None) -> Any:  # noqa: ANN401 - stands for behave's context
    return SimpleNamespace(table=table, text=text)


def step(context: object, rows: Rows) -> Rows:
    return rows


RANKS = {"team": "string", "rank": "int", "score": "score"}
MISTAKES = [
    (None, "this step needs a table with the columns 'team', 'rank', 'score' below it, and has none"),
    (
        table(("team", "rank", "score")),
        "the table of this step has no rows: it needs a table with the columns 'team', 'rank', 'score' "
        "and at least one row below it (line 10)",
    ),
    (table(("team", "rank", "score"), ("Ada", " ", "rmse")), "the cell 'rank' is empty: it needs a whole number (line 11)"),
    (table(("team", "rank", "score"), ("", "1", "rmse")), "the cell 'team' is empty: it needs a text (line 11)"),
    (table(("team", "rank", "score"), ("Ada", "first", "rmse")), "'first' is not a whole number (in the column 'rank') (line 11)"),
    (
        table(("team", "rank", "score"), ("Ada", "1", "rmse"), ("Ben", "2", "acuracy")),
        "'acuracy' is no score. Did you mean 'accuracy'? There are: 'accuracy', 'rmse' (in the column 'score') (line 12)",
    ),
    (
        table(("team", "rnak", "score"), ("Ada", "1", "rmse")),
        "this step knows no column 'rnak': it needs a table with the columns 'team', 'rank', 'score'. Did you mean 'rank'? (line 10)",
    ),
    (
        table(("team", "score"), ("Ada", "rmse")),
        "the table lacks the column 'rank': this step needs a table with the columns 'team', 'rank', 'score', "
        "and it has 'team', 'score' (line 10)",
    ),
    (table(("team", "rank", "score", "team"), ("A", "1", "rmse", "B")), "the column 'team' stands in the table more than once (line 10)"),
]


@pytest.mark.parametrize(("below", "sentence"), MISTAKES, ids=[sentence[:40] for _, sentence in MISTAKES])
def test_a_mistake_in_a_table_is_one_sentence(below: BehaveTable | None, sentence: str) -> None:
    with pytest.raises(WrongArgument) as raised:
        takes_table(RANKS)(step)(given(below))
    assert str(raised.value) == raised.value.headline == sentence


def test_a_right_table_gives_rows_with_numbers() -> None:
    below = table(("score", "team", "rank"), ("rmse", "Ada", "1"))
    assert takes_table(RANKS)(step)(given(below)) == [{"score": "rmse", "team": "Ada", "rank": 1}]


def test_columns_may_be_free_and_cells_empty_where_that_is_said() -> None:
    free = takes_table({"intent": "string"}, others="int", may_be_empty=["intent"])(step)
    assert free(given(table(("intent", "circle"), ("", "3")))) == [{"intent": "", "circle": 3}]
    with pytest.raises(WrongArgument, match="the column 'intent' alone: this step needs a table with the columns 'intent' and at least"):
        free(given(table(("intent",), ("train",))))
    with pytest.raises(WrongArgument, match="'x' is not a whole number"):
        free(given(table(("intent", "circle"), ("train", "x"))))


def test_a_text_is_handed_over_and_missed() -> None:
    shout = takes_text(lambda context, text: text.upper())
    assert shout(given(None, "quiet")) == "QUIET"
    with pytest.raises(WrongArgument, match="this step needs a text below it, and has none"):
        shout(given(None))


def test_a_step_that_awaits_can_take_a_table() -> None:
    @takes_table({"team": "string"})
    async def awaits(context: object, rows: Rows) -> Rows:
        return rows

    assert asyncio.run(awaits(given(table(("team",), ("Ada",))))) == [{"team": "Ada"}]


def test_a_type_that_nobody_defined_is_refused_when_the_step_is_loaded() -> None:
    with pytest.raises(LookupError, match="there is no parameter type 'scroe'"):
        takes_table({"team": "scroe"})


def test_values_that_are_listed_can_be_told_and_others_cannot() -> None:
    assert allowed_values(["accuracy|map_50", "426 from 9.0.0"]) == ["accuracy", "map_50", "426 from 9.0.0"]
    assert allowed_values(PATTERNS["numbers"]) == []
    assert why_not("1.0, 2", "numbers", PATTERNS["numbers"]) == ""
    assert why_not("x", "numbers", PATTERNS["numbers"]) == "'x' is no numbers"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('Ada is scored by "acuracy"', "'acuracy' is no score. Did you mean 'accuracy'? There are: 'accuracy', 'rmse'"),
        ('Ada is scored by "accuracy"', ""),
        ("Ada is scored", ""),
    ],
)
def test_a_sentence_with_a_value_that_is_not_allowed_says_the_nearest(text: str, why: str) -> None:
    assert wrong_value(text, 'Ada is scored by "{score}"', PATTERNS.get) == why
