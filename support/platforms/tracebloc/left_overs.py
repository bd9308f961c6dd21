"""What a scenario makes on a deployment that outlives the run: noted when it is made, removed when the scenario ends.

Where everything goes with the substrate, nothing is noted. Source: our choice.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from environments.deployments.made import MadeThing
from environments.errors import NotNow
from environments.platforms.tracebloc.deployments.left_overs import MESSAGES, remove, remove_dead_letters
from environments.substrate import Substrate

AtTheEnd = Callable[[Callable[[], None]], None]
"""Has something done when the scenario ends; see `Scene.at_the_end`."""


def note_account(substrate: Substrate, at_the_end: AtTheEnd, account: MadeThing) -> None:
    """Have the account removed with all that hangs on it, or its content only, as its kind says."""
    _note(substrate, at_the_end, account, lambda: remove(account, substrate))


def note_messages(substrate: Substrate, at_the_end: AtTheEnd, prefix: str, experiments: Callable[[], Sequence[str]]) -> None:
    """Have messages that name the prefix or an experiment, and were put aside in the queues of all, removed: they would stay there."""
    _note(substrate, at_the_end, MadeThing(MESSAGES, prefix), lambda: remove_dead_letters(substrate, [prefix, *experiments()]))


def _note(substrate: Substrate, at_the_end: AtTheEnd, thing: MadeThing, remove_it: Callable[[], None]) -> None:
    left_overs = substrate.left_overs
    if left_overs is None:
        return

    def remove_and_note() -> None:
        # what cannot be removed yet stands in the ledger, and is removed when the run ends
        with suppress(NotNow):
            remove_it()
            left_overs.removed(thing)

    left_overs.made(thing)
    at_the_end(remove_and_note)
