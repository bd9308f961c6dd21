"""Each rule makes the mistakes it is named for, and no rule touches what is no behaviour."""

import pytest

from support.mutation.candidates import lines_changed, read_source
from support.mutation.rules import RULES


def changes(text: str, rule: str | None = None) -> list[str]:
    """What the lines of the text become by one rule, or by all."""
    source = read_source("a.py", text)
    chosen = [each for each in source.candidates if rule in (None, each.rule)]
    made = [changed for each in chosen if (changed := source.changed(each)) is not None]
    return [lines_changed(text, changed)[1] for changed in made]


TABLE = [
    ("condition negated", "if a:\n    b()\n", ["if not (a):"]),
    ("condition negated", "if not a:\n    b()\n", ["if a:"]),
    ("condition negated", "x = a if b else c\n", ["x = a if not (b) else c"]),
    ("condition loosened or tightened", "x = a and b\n", ["x = a", "x = b", "x = a or b"]),
    ("boundary moved", "x = a < b\n", ["x = a <= b"]),
    ("boundary moved", "x = a >= b\n", ["x = a > b"]),
    ("boundary moved", "x = a == b\n", []),
    ("boundary moved", "x = clock.now() - since < longest\n", []),
    ("boundary moved", "x = where(noted < time.time() - gone)\n", []),
    ("constant changed", "LIMIT = 5\n", ["LIMIT = 6", "LIMIT = 4"]),
    ("constant changed", "LIMIT = 86_400\n", ["LIMIT = 172800", "LIMIT = 43200"]),
    ("constant changed", "x = f(0.5, deep=True)\n", ["x = f(1.0, deep=True)", "x = f(0.5, deep=False)"]),
    ("order reversed", "x = sorted(a)\n", ["x = sorted(a, reverse=True)"]),
    ("order reversed", "x = sorted(a, reverse=True)\n", ["x = sorted(a)"]),
    ("order reversed", "x = q.order_by(a.desc())\n", ["x = q.order_by(a.asc())"]),
    ("order reversed", "x = max(a, b)\n", ["x = min(a, b)"]),
    ("off by one", "x = a[1:n]\n", ["x = a[1 + 1:n]", "x = a[1:n - 1]"]),
    ("off by one", "x = a[0]\n", ["x = a[-1]"]),
    ("off by one", "x = a[-1]\n", ["x = a[0]"]),
    ("off by one", "for x in range(n):\n    f(x)\n", ["for x in range(n - 1):"]),
    ("calculation changed", "x = a + b * c\n", ["x = a - b * c", "x = a + b / c"]),
    ("calculation changed", "x = 'a' + b\n", []),
    ("calculation changed", "x.spent += y\n", ["x.spent -= y"]),
    ("calculation changed", "x = page * SIZE - is_on(Defect.FULL_PAGE)\n", ["x = page / SIZE - is_on(Defect.FULL_PAGE)"]),
    ("statement dropped", "def f(x):\n    x.save()\n", ["pass"]),
    ("statement dropped", "def f(x):\n    x.status = 1\n", ["pass"]),
    ("statement dropped", "def f(x):\n    if x:\n        raise Refusal(x)\n", ["pass"]),
    ("statement dropped", "def f(x):\n    y = x\n    return y\n", []),
    ("wrong field", "def f(x):\n    return x.rows / x.loss\n", ["return x.loss / x.loss", "return x.rows / x.rows"]),
    ("wrong field", "def f(x):\n    x.save()\n    return x.loss\n", []),
    (
        "wrong key",
        "def f(x):\n    return x['rows'] / x.get('loss')\n",
        ["return x['loss'] / x.get('loss')", "return x['rows'] / x.get('rows')"],
    ),
    ("wrong key", 'def f(x):\n    if x["task"]:\n        raise Refusal(f"{x[\'task\']}")\n', []),
    ("arguments swapped", "x = f(a, b, 1)\n", ["x = f(b, a, 1)"]),
    ("arguments swapped", "x = f(team=a, owner=b)\n", ["x = f(team=b, owner=a)"]),
    ("arguments swapped", "x = min(a, b)\n", []),
    ("arguments swapped", "with contextlib.suppress(OSError, EOFError):\n    f()\n", []),
    ("filter dropped", "x = q.where(a == b, c == d)\n", ["x = q.where(c == d)", "x = q.where(a == b)"]),
    ("filter dropped", "x = q.where(a == b).limit(n)\n", ["x = q.limit(n)"]),
    ("filter dropped", "x = [y for y in z if y.mine]\n", ["x = [y for y in z]"]),
    ("time confused", "x = datetime.now(UTC)\n", ["x = datetime.now()"]),
    ("time confused", "x = datetime.fromtimestamp(t, tz=datetime.UTC)\n", ["x = datetime.fromtimestamp(t)"]),
    ("time confused", "x = time.time() // DAY * DAY\n", ["x = time.time() - DAY"]),
    ("time confused", "x = now.replace(hour=0, minute=0)\n", ["x = now"]),
    ("time confused", "x = timedelta(days=n)\n", ["x = timedelta(hours=n)"]),
]


@pytest.mark.parametrize(("rule", "text", "expected"), TABLE)
def test_a_rule_makes_its_mistakes(rule: str, text: str, expected: list[str]) -> None:
    assert changes(text, rule) == expected


def test_every_rule_is_in_the_table() -> None:
    assert {rule for rule, _, _ in TABLE} == set(RULES)


@pytest.mark.parametrize(
    "text",
    [
        '"""Holds at most 5."""\n',
        "log.info('%s of %s', done.rows, done.all)\n",
        "sys.stderr.write(str(5))\n",
        "x: Annotated[int, Field(ge=1)]\n",
        "Number: TypeAlias = dict[str, int]\n",
        "Tensors = dict[str, Any]\n",
        "if TYPE_CHECKING:\n    LIMIT = 5\n",
        "if __name__ == '__main__':\n    main(5)\n",
        "@router.get('/', status_code=201)\ndef f(): ...\n",
        "from a import b\n",
        "if is_on(Sabotage.LIMIT):\n    x.limit = 5\n",
        "def f(x):\n    cut = os.environ.get(SABOTAGE_VARIABLE) == 'cut'\n    return x[:5] if cut else x\n",
        "x = zip(a, b, strict=True)\n",
        "x = relationship(lazy=True, innerjoin=True)\n",
        "x = wait_exponential(multiplier=0.05, max=1)\n",
        "def f(x):\n    note_call('backend')\n",
        "def __repr__(self):\n    return str(5)\n",
    ],
)
def test_what_is_no_behaviour_is_left_alone(text: str) -> None:
    assert changes(text) == []


def test_what_is_asked_only_while_a_sabotage_is_on_is_left_alone() -> None:
    assert changes("if x.done == x.due or not is_on(Sabotage.FIRST):\n    f(x)\n", "wrong field") == []
    assert changes("if is_on(Sabotage.FIRST) and x <= 5:\n    f(x)\n", "boundary moved") == []
    assert changes("if x <= 5 or is_on(Sabotage.FIRST):\n    f(x)\n", "boundary moved") == ["if x < 5 or is_on(Sabotage.FIRST):"]


def test_beside_a_sabotage_the_code_is_changed_as_everywhere() -> None:
    text = "if left == 0 and x <= 5 and not is_on(Sabotage.BUDGET):\n    raise Refusal(409)\n"
    assert changes(text, "boundary moved") == ["if left == 0 and x < 5 and not is_on(Sabotage.BUDGET):"]
    assert changes(text, "statement dropped") == ["pass"]
    assert all("is_on" in line for line in changes(text, "condition loosened or tightened"))
