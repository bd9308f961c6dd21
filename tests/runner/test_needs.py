"""What a scenario needs: by its tags, by its sentences, and to change anything at all; whatever is missing skips it with the reason."""

from pathlib import Path
from typing import Any

import pytest
from behave.model import Scenario
from behave.parser import parse_feature

from environments.deployments.given import Given, GivenAccount
from support.results.run_folder import RunFolder
from support.runner.session import Deployment, RunSession

FEATURE = """Feature: Orders
  Background:
    Given {background}

  {tags}
  Scenario: An order is paid
    When {sentence}
"""


class Shop:
    """A platform whose sentences about the cellar need its key."""

    name = "shop"
    capabilities = {"cellar": "the cellar is open"}  # noqa: RUF012
    sentences_that_need = {"cellar": r"\bcellar\b"}  # noqa: RUF012

    def why_missing(self, _capability: str, _substrate: object) -> str | None:
        return "nobody has the key"


class Place:
    """A substrate that lacks what it turned out to lack."""

    name = "remote"

    def __init__(self, **lacks: str) -> None:
        self.lacks = lacks

    def why_missing(self, _capability: str) -> str | None:
        return None


def reason(place: Place, *, tags: str = "", background: str = "a shop", sentence: str = "somebody pays") -> str | None:
    feature = parse_feature(FEATURE.format(tags=tags, background=background, sentence=sentence), filename="features/shop/orders.feature")
    session = RunSession(settings=Any, folder=RunFolder(Path("out")))  # type: ignore[arg-type]
    shop: Any = Shop()
    on: Any = place
    session.deployments[""] = Deployment(on, shop)
    scenario: Scenario = feature.scenarios[0]
    return session.reason_to_skip(scenario)


@pytest.mark.parametrize("tags", ["", "@smoke"])
def test_where_nothing_may_be_changed_a_scenario_is_skipped_with_the_reason(tags: str) -> None:
    assert reason(Place(writing="it may only be read"), tags=tags) == "needs writing: it may only be read"
    assert reason(Place(), tags=tags) is None


def test_one_that_only_reads_runs_there_too() -> None:
    assert reason(Place(writing="it may only be read"), tags="@only-reads") is None


@pytest.mark.parametrize("words", [{"sentence": "somebody opens the cellar"}, {"background": "a shop with a cellar"}])
def test_a_sentence_needs_what_it_cannot_do_without_whatever_the_tags_say(words: dict[str, str]) -> None:
    assert reason(Place(), **words) == "needs cellar: nobody has the key"
    assert reason(Place(), tags="@needs.cellar") == "needs cellar: nobody has the key"


def test_accounts_that_are_given_are_for_one_scenario_at_a_time() -> None:
    given: Any = Place()
    given.given = Given(None, [GivenAccount("ada@example.org", "word")])
    assert Deployment(given).for_one_alone == {"accounts"}
    given.given = Given()
    assert Deployment(given).for_one_alone == frozenset()
