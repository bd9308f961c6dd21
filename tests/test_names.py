"""Unique names."""

import re

from support.names import Names


def test_two_scenarios_never_share_a_name() -> None:
    assert Names().unique("use case") != Names().unique("use case")


def test_every_name_has_the_prefix_and_is_safe_as_a_dns_label() -> None:
    name = Names().unique("A very long Kind of thing, with commas and ÜMLAUTS that goes on and on")
    assert re.fullmatch(r"e2e-test-[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len(name) <= 63


def test_names_of_one_kind_are_counted() -> None:
    names = Names("abc")
    assert [names.unique("team"), names.unique("team")] == ["e2e-test-abc-team-1", "e2e-test-abc-team-2"]


def test_a_table_name_is_valid_in_sql() -> None:
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", Names().table("train"))


def test_addresses_are_at_a_domain_nobody_owns() -> None:
    assert Names("abc").address("the owner") == "e2e-test-abc-the-owner-1@example.com"
