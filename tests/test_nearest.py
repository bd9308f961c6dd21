"""A hint names something else than what was given, and only what is known."""

import pytest

from support.nearest import did_you_mean


@pytest.mark.parametrize(
    ("given", "known", "hint"),
    [
        ("featuers", ["features", "steps"], " Did you mean 'features'?"),
        ("FEATURES", ["features"], " Did you mean 'features'?"),
        ("features", ["features"], ""),
        ("features", ["features", "feature"], " Did you mean 'feature'?"),
        ("moon", ["features"], ""),
        ("moon", [], ""),
    ],
)
def test_the_nearest_other_word_is_suggested(given: str, known: list[str], hint: str) -> None:
    assert did_you_mean(given, known) == hint
