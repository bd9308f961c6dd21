"""Lets a command list its many options in one place and receive them as a few objects."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

Declaration = Callable[[Callable[..., None]], Callable[..., None]]
"""What `click.option`, `click.argument` and `support.commands.help.option` return."""


def grouped_options(declarations: Sequence[Declaration], **groups: type[Any]) -> Declaration:
    """Declare options, in the order of the help.

    Args:
        declarations: the options and arguments.
        groups: by the name of a parameter of the command, the NamedTuple that it receives there; an option goes to the field of its own
            name. Options that no group has a field for are handed on one by one.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def receive(**given: object) -> None:
            made = {name: group(**{field: given.pop(field) for field in group._fields}) for name, group in groups.items()}
            command(**made, **given)

        declared: Callable[..., None] = receive
        for declare in reversed(declarations):
            declared = declare(declared)
        return declared

    return decorate
