"""Notices when a step of any project does not look at its table or text, or looks for one that the feature does not give.

behave hands both over as attributes of its context, whether the step takes them or not.
"""

from types import TracebackType

from behave.model import Row

from support.results.failures.traces import innermost
from support.step_arguments import WrongArgument, superfluous, unknown_column

NAMES = ("table", "text")


class Arguments:
    """Those of the step that runs."""

    def __init__(self) -> None:
        self.unread: set[str] = set()
        self.missed: set[str] = set()

    def give(self, name: str, value: object) -> None:
        """A step begins."""
        if value is not None:
            self.unread.add(name)
        elif self.unread:
            self.unread.discard(name)
        if self.missed:
            self.missed.clear()

    def read(self, name: str, value: object) -> None:
        """The step asks for it; of two that it has, behave leaves it to the step which to look at."""
        if value is not None:
            self.unread.clear()
        if value is None:
            self.missed.add(name)

    def take(self) -> tuple[set[str], set[str]]:
        """What was not looked at and what was looked for in vain; nothing is left."""
        taken = self.unread, self.missed
        self.unread, self.missed = set(), set()
        return taken


def wrong_argument(error: BaseException | None, trace: TracebackType | None, unread: set[str], missed: set[str]) -> WrongArgument | None:
    """What is wrong with the arguments of a step that ended so; None if nothing is."""
    if error is None:
        return WrongArgument(superfluous(min(unread))) if unread else None
    if missed and isinstance(error, TypeError | AttributeError) and "NoneType" in str(error):
        return WrongArgument(f"this step needs a {min(missed)} below it, and has none")
    last = innermost(trace)
    if isinstance(error, KeyError) and last is not None and last.tb_frame.f_code is Row.__getitem__.__code__:
        return WrongArgument(unknown_column(last.tb_frame.f_locals["name"], last.tb_frame.f_locals["self"].headings))
    return None
