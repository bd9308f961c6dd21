"""Shows values in failures: short, without secrets, and whatever their own `repr` does."""

from support.redaction import HIDDEN, excerpt, is_sensitive

LONGEST = 300


def shown(value: object, name: object = "") -> str:
    """The value as Python writes it; what its name says is secret is hidden."""
    if isinstance(name, str) and value not in (None, "") and is_sensitive(name):
        return HIDDEN
    try:
        return excerpt(repr(value), LONGEST)
    except Exception as error:
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"


def in_a_cell(value: object, name: object = "") -> str:
    """The value as it stands in a table: texts without their quotes."""
    text = shown(value, name)
    if isinstance(value, str) and text != HIDDEN and value and "\n" not in value and value == value.strip():
        return excerpt(value, LONGEST)
    return text
