"""What behave works out anew for each step, though it never changes, is kept: a fifth of what a short scenario takes.

Source: behave 1.3.3 (`make_relpath_if_possible`; `Status`, whose members are compared as text or number each time; `textutil.text`).
"""

from collections.abc import Callable
from functools import cache

from behave import model_core, model_type, textutil
from behave.model_type import Status

QUESTIONS = ("has_failed", "is_final", "is_error", "is_hook_error", "is_untested")
"""Of a status."""


def keep_what_never_changes() -> None:
    """Have behave remember the paths of files, by file and current folder, what a status means, and which encodings are ASCII."""
    model_core.make_relpath_if_possible = model_type.make_relpath_if_possible = cache(model_type.make_relpath_if_possible)
    textutil.is_ascii_encoding = cache(textutil.is_ascii_encoding)
    for question in QUESTIONS:
        setattr(Status, question, _answered(getattr(Status, question)))


def _answered(question: Callable[[Status], bool]) -> Callable[[Status], bool]:
    # by name, since behave's own hash of a status takes longer than the answer
    answers = {status._name_: question(status) for status in Status}
    return lambda status: answers[status._name_]
