"""Attempts that the platform has to refuse, and the words in which it does."""

from collections.abc import Callable, Mapping

from support.platforms.tracebloc.clients.backend import Refused
from support.platforms.tracebloc.clients.notebook_calls import SdkError
from support.platforms.tracebloc.clients.sdk import SdkRefused
from support.platforms.tracebloc.scene import Scene
from support.redaction import in_one_line
from support.results.comparison import assert_words_said

NOTHING_SHOWN = "nothing is shown"
LET_THROUGH = "it was not refused"


def outcome(act: Callable[[], object]) -> str:
    """The words of the platform's refusal, in one line; "nothing is shown" for an empty answer, "it was not refused" for any other."""
    try:
        answer = act()
    except Refused as refused:
        words = refused.message
    except SdkError as error:
        words = error.text
    except SdkRefused as refused:
        words = str(refused)
    else:
        words = LET_THROUGH if answer else NOTHING_SHOWN
    return in_one_line(words)


def assert_outcomes(scene: Scene, who: str, acts: Mapping[str, Callable[[], object]], expected: Mapping[str, str]) -> None:
    """Each attempt's outcome holds the expected words; all are tried and told, and those that differ raise Differs."""
    told = []
    for what, words in expected.items():
        with scene.story.part(f"{who} tries {what}") as part:
            part.detail = outcome(acts[what])
        told.append((what, words, part.detail))
    assert_words_said(f"what {who} tried", told)
