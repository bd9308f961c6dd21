"""The scenario report in a real browser: what a reader sees and can do."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports.html.earlier import Drift, Past
from reports.html.page import write_report
from tests.reports.html.conftest import RUNS, VIEWS, accessibility_findings
from tests.reports.html.runs import SCORES, past_of, red_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]
WORTH_A_LOOK = "scenarios.filter((one) => one.weight || one.flaky).slice(0, 3).map((one) => one.id)"
CUT_OFF = """[...document.querySelectorAll(".tabs, .why-not a, .steering a, .scenario-heading .badge")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth || one.matches("a") && one.getClientRects().length > 1)
    .map((one) => one.outerHTML)"""


def rows(page: "Page") -> list[str]:
    return page.locator(".scenario-row .name").all_inner_texts()


def first_failed(page: "Page") -> str:
    return str(page.evaluate("scenarios.find((one) => one.status === 'failed').id"))


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", RUNS)
def test_every_view_fits_the_screen_without_a_complaint(opened: Open, tmp_path: Path, name: str, width: int) -> None:
    page = opened(name, width=width)
    for view in VIEWS:
        page.evaluate(f"location.hash = '#{view}'")
        page.locator(f"main.{view}").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        assert page.evaluate(CUT_OFF) == [], view
        page.screenshot(path=tmp_path / f"{view}-{width}.png", full_page=True)


@pytest.mark.parametrize(
    ("name", "title", "reason"),
    [
        ("green", "The release can go", "All 52 scenarios that ran passed."),
        ("red", "The release has to wait", "2 scenarios that block a release failed"),
        ("not started", "The platform did not start", "mariadb was not ready after 30 s"),
        ("nothing", "Nothing was checked", "No scenario ran"),
    ],
)
def test_the_first_screen_says_the_verdict_and_why(opened: Open, name: str, title: str, reason: str) -> None:
    page = opened(name)
    assert page.locator("h1").inner_text() == title
    assert reason in page.locator(".hero").inner_text()


def test_nothing_stands_where_there_is_nothing_to_say(opened: Open) -> None:
    page = opened("not started")
    assert "null" not in page.locator("#top").inner_text()
    assert page.locator("#top > *").count() == 3
    # a platform that did not start was not ready after no time at all
    assert page.locator(".facts > div", has_text="Took").inner_text().split() == ["Took", "0", "s"]


def test_the_first_screen_says_what_changed_and_how_far_the_smoke_test_got(opened: Open) -> None:
    page = opened("red")
    text = page.locator("main").inner_text()
    assert "It got through 8 of 14 steps and stopped at step 9: step 9 of the playbook is gone." in text
    assert page.locator(".way li").count() == 14
    assert page.locator(".figures .failing").inner_text().split() == ["3", "newly", "failing"]
    assert "failing since" in page.locator(".lines", has_text="Order 7 is").first.inner_text()
    assert "needs cluster: there is no cluster here" in page.locator(".why-not").inner_text()


def test_what_many_failed_with_is_said_once_and_leads_to_all_of_them(opened: Open) -> None:
    page = opened("large")
    blocking = page.locator("section", has_text="What needs attention").locator(".lines").first
    assert blocking.locator(".line .name").all_inner_texts() == ["The stock: not as expected. pears: expected 2, seen 3"]
    assert "The same in 33 scenarios, such as: Order 27 is" in blocking.inner_text()
    blocking.locator(".line").click()
    assert page.locator(".found").inner_text() == "33 scenarios of 2,000"
    assert "failed with: The stock: not as expected. pears: expected …, seen …" in page.locator(".result").inner_text()
    page.locator(".scenario-row").first.click()
    assert page.locator(".failure a").inner_text() == "100 scenarios failed with these words"


def test_where_a_platform_did_not_start_it_is_said_what_helps(opened: Open) -> None:
    page = opened("not started")
    assert page.locator("section", has_text="What needs attention").locator("code").inner_text() == "ringmaster doctor"
    page.locator("a.line").click()
    assert page.locator(".crumbs").inner_text() == "Around the scenarios"
    assert page.locator(".steps").count() == 0


def test_a_phone_shows_more_filters_on_demand(opened: Open) -> None:
    page = opened("red", "scenarios", width=390)
    assert not page.locator("select[name=ring]").is_visible()
    page.locator(".choices summary").click()
    page.locator("select[name=ring]").select_option("2")
    assert page.locator("select[name=ring]").is_visible()
    assert opened("red", "scenarios").locator("select[name=ring]").is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_no_time_of_the_timeline_covers_another(opened: Open, width: int) -> None:
    page = opened("red", width=width)
    page.evaluate(f"location.hash = '#scenario/{first_failed(page)}'")
    page.locator(".scale span").nth(1).wait_for()
    times = page.locator(".scale span")
    assert times.first.inner_text() == "0 s"
    assert times.nth(1).inner_text() == ("50 ms" if width == 1280 else "200 ms")
    boxes = [box for box in (one.bounding_box() for one in times.all()) if box]
    assert all(one["x"] + one["width"] <= other["x"] + 1 for one, other in pairwise(boxes))


def test_every_rule_of_the_gate_is_listed(opened: Open) -> None:
    page = opened("red")
    outcomes = page.locator("section", has_text="The gate's rules").locator(".badge").all_inner_texts()
    assert outcomes == ["passed", "informs", "warns", "blocks", "not judged"]
    assert "decided by the release gate" in page.locator(".hero").inner_text()


def test_filters_narrow_the_list_and_stand_in_the_address(opened: Open) -> None:
    page = opened("red", "scenarios")
    whole = page.locator(".found").inner_text()
    assert page.locator(".chip .number").all_inner_texts() == ["3", "1", "51", "6", "1"]
    page.locator("[name=status-failed]").click()
    assert page.locator(".found").inner_text() == f"3 scenarios of {whole.split()[0]}"
    assert "status=failed" in page.url
    page.locator("select[name=ring]").select_option("2")
    assert rows(page) == ["Order 27 is delivered as it was placed"]
    page.locator(".result a", has_text="Clear").click()
    page.locator("[name=q]").fill("customer WAY")
    assert rows(page) == ["A customer goes all the way"]
    # whoever types goes on typing
    assert page.evaluate("document.activeElement.name") == "q"
    page.locator("[name=q]").fill("no such words")
    assert "No scenario fits" in page.locator(".empty").inner_text()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("platform=library&status=failed", ["Order 7 is delivered as it was placed"]),
        ("priority=p2&weight=blocks", ["Order 47 is delivered as it was placed"]),
        ("tag=network", ["Order 1 is delivered as it was placed"]),
        ("status=flaky", ["Order 1 is delivered as it was placed"]),
        ("change=failing&weight=quarantined", ["Order 27 is delivered as it was placed"]),
        ("service=orders&status=failed&ring=1", ["Order 7 is delivered as it was placed"]),
        ("slow=1&status=failed", ["A customer goes all the way"]),
    ],
)
def test_a_link_shows_what_was_filtered(opened: Open, filters: str, expected: list[str]) -> None:
    assert rows(opened("red", f"scenarios?{filters}")) == expected


def test_a_failure_is_told_in_plain_words_with_expected_beside_seen(opened: Open) -> None:
    page = opened("red")
    page.evaluate(f"location.hash = '#scenario/{first_failed(page)}'")
    card = page.locator(".failure")
    assert "At step 6 of 7" in card.inner_text()
    differing = card.locator(".beside tbody tr:not(.same)")
    assert differing.locator("th").all_inner_texts() == ["pears"]
    assert differing.locator("td").all_text_contents() == ["2", "differs: 3"]
    assert not card.locator("pre").first.is_visible()
    card.locator("summary", has_text="technical").click()
    assert "steps/shop/orders.py" in card.locator("pre").nth(1).inner_text()
    assert "ringmaster run features/library/ring1/topic_0.feature:80" in page.locator(".command").first.inner_text()
    assert "the stock is wrong" in page.locator(".log").text_content()


def test_a_failure_can_be_copied_as_text(opened: Open) -> None:
    page = opened("red", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(f"location.hash = '#scenario/{first_failed(page)}'")
    page.locator(".failure button", has_text="Copy as text").click()
    page.locator(".failure button", has_text="Copied").wait_for()
    name, outcome, *rest = str(page.evaluate("navigator.clipboard.readText()")).splitlines()
    assert name == "Order 7 is delivered as it was placed"
    assert outcome.startswith("failed, since Nov 15, 2026, ")
    assert outcome.endswith(": The stock: not as expected.")
    assert rest == [
        "step: And the stock goes down by 2",
        "expected: {'apples': 7, 'pears': 2, 'plums': 9}",
        "seen: {'apples': 7, 'pears': 3, 'plums': 9}",
        "again: ringmaster run features/library/ring1/topic_0.feature:80",
        "run: 20261127-120000-abcdef, on embedded",
    ]


def test_attempts_stand_side_by_side(opened: Open) -> None:
    page = opened("red", "scenarios?status=flaky")
    page.locator(".scenario-row").click()
    attempts = page.locator(".attempt").all_inner_texts()
    assert len(attempts) == 2
    assert "the network was away" in attempts[0]


def test_the_timeline_can_be_zoomed_and_gone_through_by_keyboard(opened: Open) -> None:
    page = opened("red")
    page.evaluate(f"location.hash = '#scenario/{first_failed(page)}'")
    bar = page.locator(".lane .bar").first
    before = bar.bounding_box()
    page.get_by_role("button", name="Zoom in").click()
    after = bar.bounding_box()
    assert before is not None
    assert after is None or after["width"] != before["width"] or after["x"] != before["x"]
    page.get_by_role("button", name="Show all of it").click()
    bar.focus()
    page.keyboard.press("ArrowRight")
    assert "customer who has signed in" in page.locator(".about").inner_text()
    page.keyboard.press("ArrowDown")
    assert "order 7 to be paid" in page.locator(".about").inner_text()
    page.keyboard.press("+")
    assert page.locator(".scale span").first.inner_text() != "0 s"


def test_the_picture_lights_up_what_was_crossed_and_leads_to_its_scenarios(opened: Open) -> None:
    page = opened("red", "platform")
    assert page.locator(".box.lit", has_text="orders").count() >= 1
    # the made run has scenarios of two platforms, each of which has a picture of its own
    assert page.locator("section h2").all_inner_texts() == ["library", "shop", "In figures"]
    assert page.locator(".box.dark", has_text="store").count() == 2
    page.locator("a.box", has_text="orders").first.click()
    assert "service=orders" in page.url
    assert page.locator(".scenario-row").count() > 0


def test_trends_of_a_year_are_drawn(browser: "Browser", tmp_path: Path) -> None:
    record = red_run(tmp_path)
    file = write_report(record, tmp_path / record.run, past_of(record, runs=365)).file
    page = browser.new_page()
    page.goto(file.as_uri())
    page.evaluate("location.hash = '#trends'")
    page.locator(".u-wrap canvas").nth(2).wait_for()


def test_trends_say_how_many_defects_were_noticed(opened: Open, browser: "Browser", tmp_path: Path) -> None:
    chart = opened("red", "trends").locator("section", has_text="Defects noticed")
    assert chart.locator(".chart-legend span").all_inner_texts() == ["prepared defects: 100%", "random mistakes: 82%"]
    # also in the page of the first run
    record = red_run(tmp_path)
    page = browser.new_page()
    page.goto(write_report(record, tmp_path / record.run, Past(scores=SCORES)).file.as_uri() + "#trends")
    assert "random mistakes: 82%" in page.locator("section", has_text="Defects noticed").inner_text()
    page.close()


def test_the_keyboard_reaches_everything(opened: Open) -> None:
    page = opened("red")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("2")
    page.locator("main.scenarios").wait_for()
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.name === 'q'")
    page.keyboard.type("order 2")
    page.keyboard.press("Tab")
    page.locator(".scenario-row").first.focus()
    page.keyboard.press("Enter")
    first = page.locator("main.scenario h1").inner_text()
    page.keyboard.press("j")
    page.wait_for_function("(before) => document.querySelector('h1').innerText !== before", arg=first)
    page.go_back()
    page.go_back()
    page.locator("main.scenarios").wait_for()
    assert page.locator("[name=q]").input_value() == "order 2"


@pytest.mark.parametrize("pressed", [".chip.on", ".result a:text('Clear')"])
def test_whoever_takes_a_filter_away_by_keyboard_stays_on_the_page(opened: Open, pressed: str) -> None:
    page = opened("red", "scenarios?weight=blocks&status=failed")
    page.locator(pressed).press("Enter")
    page.locator(".chip.on").wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "main"


def test_dark_follows_the_system_and_can_be_chosen(opened: Open) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = opened("red", color_scheme="light")
    dark = opened("red", color_scheme="dark")
    assert light.evaluate(ground) != dark.evaluate(ground)
    light.locator("[name=theme]").click()
    assert light.evaluate(ground) == dark.evaluate(ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", RUNS)
def test_axe_finds_nothing(opened: Open, name: str, scheme: str) -> None:
    page = opened(name, color_scheme=scheme)
    views = [*VIEWS, "scenario/none", *(f"scenario/{one}" for one in page.evaluate(WORTH_A_LOOK))]
    for view in views:
        page.evaluate(f"location.hash = '#{view}'")
        page.locator(f"main.{view.partition('/')[0]}").wait_for()
        assert accessibility_findings(page) == [], view


def test_the_page_prints_without_its_controls(opened: Open) -> None:
    page = opened("red", "scenarios")
    page.emulate_media(media="print")
    assert not page.locator("#top").is_visible()
    assert not page.locator("[name=q]").is_visible()
    assert page.locator(".filters").evaluate("(one) => getComputedStyle(one).position") == "static"
    assert page.pdf()[:5] == b"%PDF-"


def test_paper_is_filled_from_its_beginning(opened: Open) -> None:
    page = opened("red")
    page.evaluate(f"location.hash = '#scenario/{first_failed(page)}'")
    page.emulate_media(media="print")
    # what may not be broken goes to a page of its own, and leaves the one before it empty
    assert page.locator(".failure").evaluate("(one) => getComputedStyle(one).breakInside") == "auto"
    assert page.locator(".steps li").first.evaluate("(one) => getComputedStyle(one).breakInside") == "avoid"


def test_markup_in_results_stays_text(opened: Open) -> None:
    page = opened("red")
    page.evaluate("scenarios[0].name = '<img src=x onerror=alert(1)>'; location.hash = '#scenarios'")
    page.locator("main.scenarios").wait_for()
    assert rows(page)[0] == "<img src=x onerror=alert(1)>"
    assert json.loads(page.locator("#head").text_content() or "")["run"]["substrate"] == "embedded"


DRIFTED = Drift(
    "staging",
    1_795_780_800.0,
    9,
    4,
    [("GET /orders/…/", "the field `note` is there on staging only", ""), ("queue paid", "the setting `x` is 1 on staging", "issue 7")],
    [(1_795_694_400.0, 0, 1), (1_795_780_800.0, 1, 1)],
)


@pytest.mark.parametrize("width", [1280, 390])
def test_where_deployments_drift_is_a_view_of_its_own(browser: "Browser", tmp_path: Path, width: int) -> None:
    record = red_run(tmp_path)
    file = write_report(record, tmp_path / record.run, past_of(record)._replace(drifts=[DRIFTED])).file
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(file.as_uri())
    page.locator("nav a", has_text="Drift").click()
    page.locator("main.drift").wait_for()
    text = page.locator("main").inner_text()
    assert "9 scenarios compared, 1 new difference, 1 known, 4 kinds of things the same." in text
    assert "the field `note` is there on staging only" in text
    page.locator("summary", has_text="known, with their reasons").click()
    assert "issue 7" in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_without_drift_there_is_no_view_of_it(opened: Open) -> None:
    assert "Drift" not in opened("red").locator("nav").inner_text()
