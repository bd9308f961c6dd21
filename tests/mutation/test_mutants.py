"""Which mutants are chosen."""

from pathlib import Path

import pytest

from environments.choose import platform_class, platform_names
from support.mutation import mutants as module
from support.mutation.mutants import Mutant, NothingToMutate, ServiceSources, choose, services_of

SHOP = """def total(prices, customer):
    reduced = [price for price in prices if price > 0]
    if customer.known and len(reduced) > 3:
        return sum(reduced) - customer.bonus
    customer.visits += 1
    return sum(reduced) + customer.fee
"""


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[ServiceSources]:
    monkeypatch.chdir(tmp_path)
    Path("shop.py").write_text(SHOP)
    Path("small.py").write_text("LIMIT = 5\n")
    return [ServiceSources("shop", ("shop.py",)), ServiceSources("small", ("small.py",))]


def test_the_same_seed_chooses_the_same(services: list[ServiceSources]) -> None:
    again = [ServiceSources(each.service, each.files) for each in services]
    first = choose(services, 4, 7)
    assert first == choose(again, 4, 7)
    assert [each.key for each in first] != [each.key for each in choose(services, 4, 8)]


def test_each_is_named_by_a_diff_of_a_few_lines(services: list[ServiceSources]) -> None:
    (mutant,) = choose(services[1:], 1, 1)
    assert mutant.diff.splitlines()[-1] in ("+LIMIT = 6", "+LIMIT = 4")
    assert (mutant.was, mutant.text) == ("LIMIT = 5", f"{mutant.becomes}\n")


def test_no_line_is_changed_twice_and_there_are_no_more_than_the_code_has(services: list[ServiceSources]) -> None:
    chosen = choose(services, 1000, 3)
    places = [(each.file, each.line) for each in chosen]
    assert len(places) == len(set(places))
    assert ("small.py", 1) in places
    assert {line for file, line in places if file == "shop.py"} == {2, 3, 4, 5, 6}


def test_what_is_marked_as_equivalent_is_not_asked_again(services: list[ServiceSources]) -> None:
    first: list[Mutant] = choose(services, 3, 7)
    marked = {first[0].key}
    assert first[0].key not in {each.key for each in choose(services, 1000, 7, marked)}


def test_every_mutant_can_be_compiled(services: list[ServiceSources]) -> None:
    for mutant in choose(services, 1000, 5):
        compile(mutant.text, mutant.file, "exec")


def test_a_platform_says_which_code_may_be_changed() -> None:
    found = services_of(["tracebloc"], ["backend"])
    assert [each.service for each in found] == ["backend"]
    assert "environments/platforms/tracebloc/backend/training/scoring.py" in found[0].files
    assert not any("/zoo/" in file for file in found[0].files)


def test_an_unknown_service_is_refused_with_the_nearest() -> None:
    with pytest.raises(NothingToMutate, match="Did you mean 'backend'"):
        services_of(["tracebloc"], ["backent"])


def test_without_code_that_may_be_changed_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.platform_class("tracebloc"), "mutable_sources", {})
    with pytest.raises(NothingToMutate, match="mutable_sources"):
        services_of(["tracebloc"])


@pytest.mark.parametrize("platform", platform_names())
def test_every_platform_names_only_code_that_is_there(platform: str) -> None:
    assert services_of([platform])


def test_code_that_has_moved_away_is_missed_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_class("tracebloc"), "mutable_sources", {"backend": ("backend/*.py",), "messages": ("queues.py",)})
    with pytest.raises(NothingToMutate, match=r"has no file queues\.py: mend the `mutable_sources` of its service 'messages'"):
        services_of(["tracebloc"], ["backend"])
