"""Suggests what somebody probably meant."""

from collections.abc import Iterable


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """` Did you mean 'embedded'?` with the nearest known word, or nothing when none is near."""
    # only who mistyped waits for it
    from difflib import get_close_matches

    by_lower_case = {word.lower(): word for word in known if word != given}
    near = get_close_matches(given.lower(), by_lower_case, n=1, cutoff=0.5)
    return f" Did you mean '{by_lower_case[near[0]]}'?" if near else ""
