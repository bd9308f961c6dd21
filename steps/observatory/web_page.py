"""The page with the terminal, looked at in a real browser."""

from behave import then, when
from behave.runner import Context
from hamcrest import any_of, assert_that, contains_string, empty, equal_to, greater_than, less_than, matches_regexp, not_

from environments.platforms.observatory.web_terminal_service import NAME
from support.platforms.observatory.clients.browser import Browser, BrowserPage
from support.waiting import eventually

RULE = "\u2500"


@when("somebody opens the page of the terminal")
def opens(context: Context) -> None:
    """In a window of its own."""
    _open(context, "")


@when("somebody opens the page in test mode {string}")
def opens_in_test_mode(context: Context, mode: str) -> None:
    """The page hands the mode on to the server, which does what it says."""
    _open(context, f"?test_mode={mode}")


@when("the connection is lost for a moment")
def is_lost(context: Context) -> None:
    """The page is told nothing else, and has noticed."""
    context.session_before, context.screen_before = context.page.session, context.page.screen
    context.page.lose_connection()
    eventually("the page to notice", lambda: context.page.status, not_(equal_to("Connected")))


@when("the page is loaded anew")
def is_reloaded(context: Context) -> None:
    """As people do."""
    context.session_before, context.screen_before = context.page.session, context.page.screen
    context.page.reload()


@when("somebody types {string} there")
def types(context: Context, text: str) -> None:
    """Into the terminal of the page."""
    context.page.type(text)


@when("the window is made {int} pixels wide")
def is_resized(context: Context, width: int) -> None:
    """The terminal is as wide as the window."""
    context.columns_before = context.page.columns(RULE)
    context.page.resize(width, 600)


@when("somebody asks for the terminal again")
def retries(context: Context) -> None:
    """The way that the page offers."""
    context.page.retry()


@then("the page says {string}")
def says(context: Context, words: str) -> None:
    """Of its connection."""
    eventually("what the page says", lambda: context.page.status, equal_to(words))


@then("the terminal shows {string}")
def shows(context: Context, text: str) -> None:
    """Among its lines."""
    eventually(f"'{text}' in the terminal", lambda: context.page.screen, contains_string(text))


@then("the terminal shows {string} once")
def shows_once(context: Context, text: str) -> None:
    """Nothing is left of what was shown before."""
    eventually(f"'{text}' once in the terminal", lambda: context.page.screen.count(text), equal_to(1))


@then("everything came from the server itself, and the browser has nothing to complain about")
def is_clean(context: Context) -> None:
    """No script of anybody else, nothing missing, no error."""
    assert_that(context.page.elsewhere, empty(), "what was asked for elsewhere")
    assert_that(context.page.refused, empty(), "what was not there")
    assert_that(context.page.complaints, empty(), "complaints of the browser")


@then("{string} is shown in {word}, and {string} in another colour")
def has_colours(context: Context, text: str, colour: str, other: str) -> None:
    """As the program asked for, by the browser's own reckoning, which has none for an element that was just drawn anew."""
    shades = {"cyan": "rgb(0, 212, 255)", "white": "rgb(255, 255, 255)"}
    eventually(f"the colour of '{text}'", lambda: context.page.colour_of(text), equal_to(shades[colour]))
    eventually(f"the colour of '{other}'", lambda: context.page.colour_of(other), not_(any_of("", shades[colour])))


@then("its lines are {word} than before")
def lines_are(context: Context, how: str) -> None:
    """The program was told the new size, and drew its rule anew."""
    wanted = {"longer": greater_than, "shorter": less_than}[how](context.columns_before)
    eventually("the length of the rule", lambda: context.page.columns(RULE), wanted)


@then("it is the same session, and the terminal shows what it showed")
def is_same(context: Context) -> None:
    """Nothing was lost, and nothing is there twice."""
    eventually("the terminal's lines", lambda: context.page.screen, equal_to(context.screen_before))
    assert_that(context.page.session, equal_to(context.session_before), "the session")


@then("people are told that there is no terminal, with the figures of the platform")
def is_fallback(context: Context) -> None:
    """Total, completed and failed, as the read model knows them."""
    page = context.page
    eventually("the page without a terminal", lambda: page.fallback, contains_string("Terminal Unavailable"))
    eventually("the figures", lambda: page.fallback, matches_regexp(r"(?si).*total\D*\d+.*completed\D*\d+"))


@then("the page offers to try again")
def offers_retry(context: Context) -> None:
    """In words."""
    assert_that(context.page.fallback, contains_string("Retry Connection"), "what the page offers")


@then("people see a terminal, and not the page without one")
def is_terminal(context: Context) -> None:
    """The server takes connections again."""
    eventually("the page without a terminal to be gone", lambda: context.page.fallback, equal_to(""))


def _open(context: Context, query: str) -> None:
    context.scene.substrate.wait_until_ready(NAME)
    context.page = BrowserPage(_browser(context), context.scene.substrate.address(NAME).url)
    context.scene.at_the_end.append(context.page.close)
    context.page.open(query)


def _browser(context: Context) -> Browser:
    """This worker's own: it takes a second to start, and a window of its own is enough for a scenario."""
    if not hasattr(context.feature, "browser"):
        context.feature.browser = Browser()
        context.add_cleanup(context.feature.browser.close, layer="feature")
    return context.feature.browser
