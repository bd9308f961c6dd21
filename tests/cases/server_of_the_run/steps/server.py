"""Asks the server."""

import socket

from behave import then
from behave.runner import Context


@then("the server answers")
def answers(context: Context) -> None:
    with socket.create_connection(("127.0.0.1", context.port), timeout=10) as asked:
        assert asked.recv(4) == b"here"
