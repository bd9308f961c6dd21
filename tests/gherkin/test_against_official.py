"""What is read is what the official parser reads, construct by construct, in features that were made up by chance."""

import pytest
from gherkin.dialect import DIALECTS, Dialect
from hypothesis import HealthCheck, example, given, settings

from tests.gherkin.features import features
from tests.gherkin.official import read_by_us, read_officially

ASPECTS = ("names", "lines", "tags", "steps", "kinds", "tables", "texts")
ROW = "Feature: f\n  Scenario: s\n    Given a table\n      | {} |\n"
LINES = ["      a  ", "  left", "", "\n\n", r"      \"\"\"", r"      \"", "      ```", "        deeper", r"      \\"]
TEXT = 'Feature: f\n  Scenario: s\n    Given a text\n      """\n{}\n      """\n'


def compare(text: str) -> None:
    officially = read_officially(text)
    ours = read_by_us(text, officially)
    for aspect in ASPECTS:
        assert getattr(ours, aspect) == getattr(officially, aspect), aspect


@given(features())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@example("Feature: f\n@a@b #c\n  Scenario: s\n* x\n")
@example("Feature: f\n  Scenario: s\n    Given x\n      | a | # note\n      ```\n      t  \n      ```\n    And y\n")
def test_a_feature_is_read_as_the_official_parser_reads_it(text: str) -> None:
    compare(text)


@pytest.mark.parametrize("cell", [r"\\", r"\|", r"\n", r"\\n", r"\t", r"a\\|b", r"\ ", r"\\\|", "", " \u00a0", "#", r"a\nb\n"])
def test_an_escape_in_a_cell_means_what_it_means_officially(cell: str) -> None:
    compare(ROW.format(cell))


@pytest.mark.parametrize("lines", LINES)
def test_a_text_is_read_as_it_is_officially(lines: str) -> None:
    compare(TEXT.format(lines))
    compare(TEXT.format(lines).replace("\n", "\r\n"))


@pytest.mark.parametrize("language", DIALECTS)
def test_every_keyword_of_every_language_is_one(language: str) -> None:
    dialect = Dialect(DIALECTS[language])
    kinds = dialect.given_keywords + dialect.when_keywords + dialect.then_keywords + dialect.and_keywords + dialect.but_keywords
    steps = "".join(f"    {keyword}a step\n" for keyword in kinds)
    examples = "".join(f"    {keyword}: e\n      | n |\n      | 1 |\n" for keyword in dialect.examples_keywords)
    scenarios = "".join(f"  {keyword}: s <n>\n{steps}" for keyword in dialect.scenario_keywords)
    scenarios += "".join(f"  {keyword}: o <n>\n{steps}{examples}" for keyword in dialect.scenario_outline_keywords)
    background = f"  {dialect.background_keywords[-1]}: b\n{steps}"
    for keyword in dialect.feature_keywords:
        rules = "".join(f"{rule}: r\n{background}{scenarios}" for rule in dialect.rule_keywords)
        compare(f"# language: {language}\n{keyword}: f\n{background}{scenarios}{rules}")
