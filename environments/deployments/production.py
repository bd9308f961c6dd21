"""What the names of things say that must not be tried on: production. Source: our choice."""

import re
import unicodedata

PRODUCTION_WORDS = frozenset({"prod", "production", "prd", "live", "customer", "customers"})
NOT_PRODUCTION = ("non", "nonprod", "pre", "preprod", "not")
"""Before such a word, in the same part of a name, they say the opposite: pre-prod, non-production."""
OTHER_WORDS = ("reproduction", "produc", "prodig")
"""What begins or ends like such a word and is another one: products, reproduction."""
NEW_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def production_word(text: str) -> str | None:
    """The word of a name that says production; None when there is none."""
    # letters that only look different name the same host; a capital begins a word, as in EksProdCluster
    plain = NEW_WORD.sub("-", unicodedata.normalize("NFKC", text)).lower()
    for part in re.split(r"[^a-z0-9_-]+", plain):
        # prod2, eu1prod: digits around it change nothing
        words: list[str] = re.findall(r"[a-z]+", part)
        for before, word in zip(["", *words], words, strict=False):
            if _says_production(word) and before not in NOT_PRODUCTION:
                return word
    return None


def _says_production(word: str) -> bool:
    """Whether it is such a word, or one is written together with another word: shopprod, productionapi."""
    if word in PRODUCTION_WORDS:
        return True
    if word.endswith(("prod", "production")):
        return not word.removesuffix("uction").removesuffix("prod").endswith(NOT_PRODUCTION) and word not in OTHER_WORDS
    return word.startswith("production") or (word.startswith("prod") and not word.startswith(OTHER_WORDS))
