"""Makes the failure that all reports show of what a step or hook raised: one sentence, what was expected and seen, the trace."""

import traceback
from collections import Counter
from collections.abc import Sequence
from types import FrameType

from support.redaction import excerpt, in_one_line, redact
from support.results.comparison import Comparison
from support.results.failures.kinds import is_the_platforms
from support.results.failures.plain_asserts import Asserted, asserted_at
from support.results.failures.traces import BEGINNING, innermost, place_of, trace_of
from support.results.scenario_result import Failure, redacted_comparison

LONGEST_SENTENCE = 400
HAMCREST = "hamcrest.core.assert_that"
WITHOUT_WORDS = ("", "Assertion failed")
"""The second is hamcrest's own word for none."""


def failure_of_error(error: BaseException, *, where: str = "") -> Failure:
    """Why something failed that raised this; `where` says in what, if not in a step. Not redacted as a whole."""
    try:
        return _explained(error, where)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        # its own code raises when it is asked, or its causes or parts lie too deep in each other
        kind, words = type(error).__name__, redact(words_of(error))
        sentence = f"{where}{kind}: {in_one_line(words)} (no more of it can be told: {type(problem).__name__})"
        return Failure(excerpt(sentence, LONGEST_SENTENCE), kind, words)


def _explained(error: BaseException, where: str) -> Failure:
    kind, own_words = type(error).__name__, words_of(error)
    # before anything is joined or cut: much is known by its lines only
    words = redact(own_words)
    asserted = _asserted(error) if words in WITHOUT_WORDS else None
    comparison = comparison_of(error) or (_compared_sides(asserted) if asserted is not None else None)
    sentence, details = _said(error, words, comparison, asserted)
    if not isinstance(getattr(error, "headline", None), str) and (not is_the_platforms(error) or not sentence):
        place = place_of(error)
        sentence = ": ".join(filter(None, [kind, sentence])) + (f" (in {place})" if place else "")
    if not words and asserted is None:
        sentence = sentence.replace(kind, f"{kind} without words", 1)
    notes = [str(note) for note in getattr(error, "__notes__", ())]
    trace = trace_of(error)
    if comparison is not None and _frame_of_matcher(error) is not None:
        # not in the matcher's words, in which no name says what is secret
        trace, words = trace.replace(own_words.rstrip(), sentence), sentence
    return Failure(
        message=excerpt(f"{where}{sentence}", LONGEST_SENTENCE),
        kind=kind,
        words=words,
        trace=trace,
        comparison=comparison,
        details="\n".join([*details, *notes]),
    )


def failure_told(texts: Sequence[str], kind: str) -> Failure:
    """A failure of which only texts are left: each a sentence, perhaps with more lines, perhaps with a trace below it."""
    heads, details, traces = [], [], []
    for text, times in Counter(map(redact, texts)).items():
        said, found, trace = text.strip().partition(BEGINNING)
        head, *others = said.strip().splitlines() or [""]
        heads.append(f"{head} ({times} times)" if times > 1 else head)
        details += others
        traces.append(found + trace)
    words = redact("\n".join(texts))
    return Failure("; ".join(heads), kind, words, "\n".join(filter(None, traces)), details="\n".join(details))


def words_of(error: BaseException) -> str:
    """An error's own text, even if it has none that can be made."""
    try:
        return str(error)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        return f"(its text cannot be read: {type(problem).__name__})"


def comparison_of(error: BaseException) -> Comparison | None:
    """What was expected and seen: the error's own `comparison`, or what a matcher of hamcrest was given."""
    own = getattr(error, "comparison", None)
    if isinstance(own, Comparison):
        return redacted_comparison(own)
    frame = _frame_of_matcher(error)
    if frame is None:
        return None
    from support.results.failures.matchers import compared

    try:
        return compared(in_one_line(_reason(frame).split("\n")[0]), frame.f_locals["matcher"], frame.f_locals["actual"])
    except Exception:
        # what it was given cannot be looked at: the matcher's own words are left
        return None


def _compared_sides(asserted: Asserted) -> Comparison | None:
    """Both sides of `assert seen == expected`, if they are tables or the like; the sentence says the rest."""
    if asserted.sides is None or not all(isinstance(side, list | tuple | dict | set) for side in asserted.sides):
        return None
    from hamcrest import equal_to

    from support.results.failures.matchers import compared

    seen, expected = asserted.sides
    return compared("", equal_to(expected), seen)


def _said(error: BaseException, words: str, comparison: Comparison | None, asserted: Asserted | None) -> tuple[str, list[str]]:
    """The sentence, and the lines below it."""
    headline = getattr(error, "headline", None)
    if isinstance(headline, str):
        return headline, [line for line in words.splitlines()[1:] if comparison is None or not line.startswith("  expected: ")]
    if isinstance(error, BaseExceptionGroup):
        return f"{error.message}: {'; '.join(failure_of_error(each).message for each in error.exceptions)}", []
    if asserted is not None:
        where = f", where {', '.join(asserted.values)}" if asserted.values else ""
        return f"{asserted.code} does not hold{where}", []
    if comparison is not None:
        frame = _frame_of_matcher(error)
        reason = _reason(frame) if frame is not None else ""
        return comparison.sentence() or in_one_line(words), reason.splitlines()[1:]
    lines = words.strip().splitlines()
    whole = in_one_line(words)
    if len(lines) > 1 and len(whole) > LONGEST_SENTENCE:
        return lines[0].strip(), lines[1:]
    return whole, lines if len(lines) > 1 else []


def _asserted(error: BaseException) -> Asserted | None:
    """The line of an assertion without words; `raise AssertionError` is none."""
    if not isinstance(error, AssertionError):
        return None
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if frame.f_globals.get("__name__") != HAMCREST:
            return asserted_at(frame, line)
    return None


def _frame_of_matcher(error: BaseException) -> FrameType | None:
    trace = innermost(error.__traceback__) if isinstance(error, AssertionError) else None
    if trace is None or trace.tb_frame.f_globals.get("__name__") != HAMCREST or "matcher" not in trace.tb_frame.f_locals:
        return None
    return trace.tb_frame


def _reason(frame: FrameType) -> str:
    """What hamcrest was told that it looks at."""
    return redact(str(frame.f_locals["reason"]))
