"""What to say of a step that no definition fits: in the lint, and before a run begins."""

from collections.abc import Collection, Iterable


def why_undefined(text: str, keyword: str, others: Collection[str]) -> str:
    """What is wrong with a step of that keyword; `others` are those that its sentence is defined for."""
    if others:
        return f"'{text}' is defined for {', '.join(f'@{other}' for other in sorted(others))}, not for @{keyword}"
    return f"no step definition fits '{text}'"


def what_to_do(text: str, others: Collection[str], sentences: Iterable[str], where: str) -> str:
    """What helps; `sentences` are those that there are, `where` a new one would be defined."""
    if others:
        return "use it under that keyword, or define it with @step if it is both an act and a state"
    # only for steps that nobody has written
    from difflib import get_close_matches

    near = get_close_matches(text, list(sentences), n=1, cutoff=0.6)
    nearest = f" Nearest: '{near[0]}'" if near else ""
    return f"define it in {where}, or use a known one: ringmaster steps WORDS.{nearest}"
