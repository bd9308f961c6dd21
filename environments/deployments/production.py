"""What the names of things say that must not be tried on: production. Source: our choice."""

import re
import unicodedata

PRODUCTION_WORDS = frozenset({"prod", "production", "prd", "live", "customer", "customers"})
NOT_PRODUCTION = frozenset({"non", "nonprod", "pre", "preprod", "not"})
"""Before such a word they say the opposite: pre-prod, non-production."""


def production_word(text: str) -> str | None:
    """The word of a name that says production; None when there is none."""
    # letters that only look different name the same host
    words = re.split(r"[^a-z0-9]+", unicodedata.normalize("NFKC", text).lower())
    for before, word in zip(["", *words], words, strict=False):
        # prod2, eu1prod: digits around it change nothing
        if word.strip("0123456789") in PRODUCTION_WORDS and before not in NOT_PRODUCTION:
            return word
    return None
