"""The terminal in the browser, told and typed over its own connection."""

from dataclasses import replace

import httpx
from behave import given, then, when
from behave.runner import Context
from hamcrest import (
    assert_that,
    contains_string,
    empty,
    equal_to,
    greater_than_or_equal_to,
    has_entries,
    has_item,
    has_length,
    is_not,
    less_than,
    not_,
)

from support.platforms.observatory import counters, jobs, terminals
from support.step_arguments import Rows, takes_table
from support.waiting import eventually


@given("the terminal server of the platform")
def shared_server(context: Context) -> None:
    """Others use it too."""
    context.terminals = terminals.shared_server(context.scene)


@given("a terminal server of its own with")
@takes_table({"what": "string", "is": "string"})
def own_server(context: Context, rows: Rows) -> None:
    """Started for this scenario; `support/platforms/observatory/terminals.py` lists what can be set."""
    context.terminals = terminals.start_server(context.scene, {row["what"]: row["is"] for row in rows})


@when("{word} opens a terminal")
def opens(context: Context, who: str) -> None:
    """And waits until the dashboard is there."""
    terminals.open_terminal(context.scene, context.terminals, who)


@when("{word} opens a terminal with the bearer token")
def opens_with_bearer(context: Context, who: str) -> None:
    """As programs send it."""
    terminals.open_terminal(context.scene, context.terminals, who, bearer=context.terminals.bearer)


@when("{word} opens a terminal as browsers send the bearer token")
def opens_with_bearer_in_query(context: Context, who: str) -> None:
    """Browsers cannot send it as programs do."""
    terminals.open_terminal(context.scene, context.terminals, who, auth=context.terminals.bearer)


@when("{word} tries to open a terminal")
def tries(context: Context, who: str) -> None:
    """Whatever comes of it."""
    terminals.connect(context.scene, context.terminals, who)


@when("{word} tries to open a terminal with the bearer token {string}")
def tries_with_bearer(context: Context, who: str, bearer: str) -> None:
    """Whatever comes of it."""
    terminals.connect(context.scene, context.terminals, who, bearer=bearer)


@when("{word} tries to open a terminal from {string}")
def tries_from(context: Context, who: str, origin: str) -> None:
    """From another address of this machine, whatever comes of it."""
    terminals.connect(context.scene, context.terminals, who, origin=origin)


@when("{word} tries to open a terminal in test mode {string}")
def tries_in_test_mode(context: Context, who: str, mode: str) -> None:
    """The failure is asked for by this connection alone."""
    terminals.connect(context.scene, context.terminals, who, test_mode=mode)


@when("{word} types {string}")
def types(context: Context, who: str, text: str) -> None:
    """One key after the other."""
    for key in text:
        context.terminals.of(who).send("input", data=key)


@when("{word} presses {key}")
def presses(context: Context, who: str, key: str) -> None:
    """A key that is no letter."""
    context.terminals.of(who).send("input", data=terminals.KEYS[key])


@when("{word} says something that is no message")
def says_nonsense(context: Context, who: str) -> None:
    """A kind that nobody knows, and values of the wrong type."""
    connection = context.terminals.of(who)
    connection.send("dance")
    connection.send("resize", cols="wide", rows=None)


@when("{word}'s window is {int} columns wide and {int} rows high")
def has_size(context: Context, who: str, columns: int, rows: int) -> None:
    """The program is told."""
    context.terminals.of(who).send("resize", cols=columns, rows=rows)


@when("{word} asks whether the server is still there")
def asks_for_life(context: Context, who: str) -> None:
    """The keep-alive of the protocol."""
    context.terminals.of(who).send("ping")


@when("{word} types {string}, of which nothing arrives any more")
def is_cut_off(context: Context, who: str, text: str) -> None:
    """The server has sent what the program wrote, and the connection is lost on the way."""
    ticket = context.terminals.of(who).ticket
    # in two frames at least
    types(context, who, text[0])
    sees(context, who, "New task: ")
    types(context, who, text[1:])
    sees(context, who, text[1:])
    context.first_ticket = ticket
    terminals.leave(context.terminals, who)


@when("{word} loses the connection")
def loses_connection(context: Context, who: str) -> None:
    """And the server has noticed."""
    context.first_ticket = context.terminals.of(who).ticket
    terminals.leave(context.terminals, who)


@when("{word} comes back")
def comes_back(context: Context, who: str) -> None:
    """With the token, and the last frame that arrived."""
    terminals.come_back(context.scene, context.terminals, who, context.first_ticket)


@when("{word} comes back with the bearer token")
def comes_back_with_bearer(context: Context, who: str) -> None:
    """The same, as somebody who may."""
    terminals.come_back(context.scene, context.terminals, who, context.first_ticket, bearer=context.terminals.bearer)


@when("{word} loses the connection again, and comes back with the token that is used up")
def comes_back_with_first_token(context: Context, who: str) -> None:
    """The one that was good before."""
    terminals.leave(context.terminals, who)
    terminals.come_back(context.scene, context.terminals, who, context.first_ticket)


@when("{word} comes back to {word}'s session with a made-up token")
def comes_back_to_another(context: Context, who: str, other: str) -> None:
    """A stranger who knows the session's name."""
    ticket = context.terminals.of(other).ticket
    terminals.come_back(context.scene, context.terminals, who, replace(ticket, token=context.scene.names.password()))


@when("nobody comes back until the session is over")
def session_runs_out(context: Context) -> None:
    """Its time to come back passes."""
    eventually("the session to be over", lambda: context.terminals.metrics.sample("pty_sessions_active"), equal_to(0))


@then("the first thing that {word} is told is the session, and a token to come back with")
def session_first(context: Context, who: str) -> None:
    """Before anything that the program writes."""
    first = context.terminals.of(who).messages[0]
    assert_that(first, has_entries(type="session", sessionId=not_(empty()), reconnectToken=not_(empty())), "the first message")
    assert_that(len(first["reconnectToken"]), greater_than_or_equal_to(32), "the length of the token")


@then("{word} sees {string}")
def sees(context: Context, who: str, text: str) -> None:
    """What the program wrote since the connection was made."""
    connection = context.terminals.of(who)
    eventually(f"'{text}' on {who}'s screen", lambda: connection.written, contains_string(text))


@then("{word} never saw {string}")
def never_saw(context: Context, who: str, text: str) -> None:
    """Nothing of it, since the connection was made."""
    assert_that(context.terminals.of(who).written, not_(contains_string(text)), f"what {who} saw")


@then("{word} is told that it is")
def is_alive(context: Context, who: str) -> None:
    """The answer to the keep-alive."""
    eventually("the answer to the keep-alive", lambda: context.terminals.of(who).of_kind("pong"), is_not(empty()))


@then("{word}'s lines are {int} characters long")
def lines_are(context: Context, who: str, length: int) -> None:
    """The dashboard's rule goes from one side to the other."""
    rule = "\u2500" * length
    connection = context.terminals.of(who)
    eventually(f"a rule of {length} characters", lambda: connection.written, contains_string(f"\n{rule}\r"))


@then("{word} is refused with {string}")
def is_refused(context: Context, who: str, code: str) -> None:
    """And the connection is closed."""
    connection = context.terminals.of(who)
    eventually("the refusal", lambda: connection.refusal, equal_to(code))
    eventually("the connection to be closed", lambda: connection.over, equal_to(True))
    assert_that([each["type"] for each in connection.messages], equal_to(["error"]), "what a stranger is told")


@then("{word}'s terminal is closed")
def is_closed(context: Context, who: str) -> None:
    """By the server, in order."""
    connection = context.terminals.of(who)
    eventually("the connection to be closed", lambda: connection.over, equal_to(True))


@then("{word} gets a session")
def gets_session(context: Context, who: str) -> None:
    """The same way as everybody."""
    assert_that(context.terminals.of(who).messages[0]["type"], equal_to("session"), "the first message")


@then("{word} has the same session and a new token")
def same_session(context: Context, who: str) -> None:
    """The old token is used up."""
    told = context.terminals.of(who).messages[0]
    assert_that(told, has_entries(type="reconnected", sessionId=context.first_ticket.session), "the first message")
    assert_that(told["reconnectToken"], not_(equal_to(context.first_ticket.token)), "the token")


@then("{word} is shown what was missed, once and in order")
def is_replayed(context: Context, who: str) -> None:
    """Between the marks of the replay stands what came after the last frame that was seen, and nothing of before; nothing is missing."""
    connection = context.terminals.of(who)
    (end,) = eventually("the end of the replay", lambda: connection.of_kind("replay_end"), has_length(1))
    numbers = [message["seq"] for message in connection.of_kind("output")]
    seen = context.first_ticket.seen
    assert_that(numbers, equal_to(list(range(seen + 1, seen + 1 + len(numbers)))), "the numbers of the frames")
    replayed = connection.messages[: connection.messages.index(end)]
    assert_that(end["last_seq"], equal_to(replayed[-1].get("seq")), "the last frame of the replay, as its end tells it")
    assert_that(connection.of_kind("buffer_truncated"), empty(), "what is said to be missing")


@then("{word} is told that the window had {int} columns and {int} rows")
def told_size(context: Context, who: str, columns: int, rows: int) -> None:
    """With the first message, so that a browser can make its window the same."""
    told = context.terminals.of(who).messages[0]
    assert_that(told, has_entries(type="reconnected", restore_size={"cols": columns, "rows": rows}), "the first message")


@then("{word} sees the figures of the platform")
def sees_figures(context: Context, who: str) -> None:
    """The ones that the read model tells, soon after they have changed."""
    connection = context.terminals.of(who)

    def both() -> tuple[dict[str, int], dict[str, int]]:
        stats = context.scene.read_model.stats()
        return terminals.figures_shown(connection), {name: stats[name] for name in counters.NAMES}

    eventually("the screen to show the platform's figures", both, lambda pair: pair[0] == pair[1], passing_errors=(httpx.HTTPError,))


@then("{word} is told that frames are missing")
def frames_missing(context: Context, who: str) -> None:
    """How many, before what is left is shown; and operators see them counted."""
    connection = context.terminals.of(who)
    eventually("the notice, and what is left", lambda: connection.of_kind("output"), is_not(empty()))
    told = connection.of_kind("buffer_truncated")[0]["frames_dropped"]
    missing = connection.of_kind("output")[0]["seq"] - context.first_ticket.seen - 1
    assert_that(missing, greater_than_or_equal_to(1), "frames that are missing")
    assert_that(told, equal_to(missing), "frames that are said to be missing")
    counted = context.terminals.metrics.sample("pty_output_drops_total")
    assert_that(counted, greater_than_or_equal_to(missing), "the dropped frames that operators see")


@then("{word} is told that read-only mode keeps {string} from being done, once")
def is_noticed(context: Context, who: str, action: str) -> None:
    """Not once for each key."""
    connection = context.terminals.of(who)
    eventually("the notice", lambda: [each["message"] for each in connection.of_kind("notice")], has_item(contains_string(action)))
    told = [each for each in connection.of_kind("notice") if action in each["message"]]
    assert_that(len(told), equal_to(1), f"notices of {action}")


@then("{int} session/sessions is/are connected, and {int} wait/waits for its/their owner")
def counted(context: Context, connected: int, waiting: int) -> None:
    """By the server's own metrics."""

    def samples() -> tuple[float | None, ...]:
        names = ("pty_sessions_connected", "pty_sessions_disconnected", "pty_sessions_active")
        return tuple(context.terminals.metrics.sample(name) for name in names)

    eventually("the metrics of sessions", samples, equal_to((connected, waiting, connected + waiting)))


@then("its log tells of these limits")
@takes_table({"limit": "string", "is": "float"})
def limits_in_log(context: Context, rows: Rows) -> None:
    """By the variable's name, in the line about its start."""
    log = context.scene.substrate.logs(context.terminals.service)
    told = {row["limit"]: terminals.limit_told(log, row["limit"]) for row in rows}
    assert_that(told, equal_to({row["limit"]: row["is"] for row in rows}), "the limits in the log")


@then("the log of the terminal server tells of sessions, and nowhere of the bearer token")
def not_in_log(context: Context) -> None:
    """Whoever reads logs gets into no terminal."""
    log = context.scene.substrate.logs(context.terminals.service)
    assert_that(log, contains_string("session "), "the log")
    assert_that(context.terminals.bearer in log, equal_to(False), "whether the log has the bearer token")


@then("{word} was kept waiting for {float} seconds")
def was_kept_waiting(context: Context, who: str, seconds: float) -> None:
    """Until the first message."""
    assert_that(context.terminals.of(who).first_after, greater_than_or_equal_to(seconds), f"seconds that {who} waited")


@then("{word} waited {float} seconds for the session, and {word} did not")
def was_delayed(context: Context, who: str, seconds: float, other: str) -> None:
    """The delay is the server's own, and only who asks for it gets it."""
    delayed, quick = context.terminals.of(who), context.terminals.of(other)
    assert_that([each.messages[0]["type"] for each in (delayed, quick)], equal_to(["session", "session"]), "the first messages")
    assert_that(delayed.first_after, greater_than_or_equal_to(seconds), f"seconds that {who} waited")
    assert_that(quick.first_after, less_than(seconds), f"seconds that {other} waited")


@then("the task {string} of {word}'s terminal is completed")
def task_completed(context: Context, kind: str, who: str) -> None:
    """The terminal shows the job's id, and the platform does the job."""
    connection = context.terminals.of(who)
    eventually("the gateway to take the task", lambda: connection.written, contains_string("Submitted "))
    identity = connection.written.rpartition("Submitted ")[2][:36]
    jobs.reach(context.scene, identity, "COMPLETED")
