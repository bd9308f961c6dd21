"""What names and settings an entity can have. Source: Azure Service Bus's quotas unless stated otherwise."""

import string

from ..errors import argument_error
from ..queues.options import MEBIBYTE, EntityOptions, Status

# characters
LONGEST_PATH, LONGEST_NAME, LONGEST_METADATA = 260, 50, 1024
# seconds
LONGEST_LOCK, LONGEST_WINDOW, SHORTEST_WINDOW, SHORTEST_IDLE = 300.0, 7 * 24 * 3600.0, 20.0, 300.0
MOST_DELIVERIES = 2000
# mebibytes; only a file can make an entity smaller (source: our choice, so that a test can fill it)
SIZES = (1024, 2048, 3072, 4096, 5120)

# no regular expression: it takes longer to compile than a start of the bus may take for names
_FIRST = frozenset(string.ascii_letters + string.digits)
_IN_NAMES = _FIRST | frozenset(".-_")
_IN_PATHS = _IN_NAMES | frozenset("/~")
_KINDS_WITHOUT = {"topic": {Status.RECEIVE_DISABLED}, "subscription": {Status.SEND_DISABLED}}


def _shown(name: str) -> str:
    # never a part of it, which may be half of a secret
    return f"'{name}'" if len(name) <= LONGEST_PATH else f"what has {len(name)} characters"


def check_path(path: str) -> None:
    """Raises Refusal if no queue or topic can have this path."""
    reserved = "//" in path or "/subscriptions/" in f"/{path.lower()}/"
    if reserved or path.endswith("/") or not _is_made_of(path, _IN_PATHS, LONGEST_PATH):
        raise argument_error(
            f"{_shown(path)} is not a name of an entity: at most {LONGEST_PATH} letters, digits, '.', '-', '_', '/' and '~', "
            "the first one a letter or a digit."
        )


def check_name(name: str, what: str) -> None:
    """Raises Refusal if no subscription or rule (`what`) can have this name."""
    # the rule that a subscription begins with
    if name.lower() != "$default" and not _is_made_of(name, _IN_NAMES, LONGEST_NAME):
        raise argument_error(
            f"{_shown(name)} is not a name of a {what}: at most {LONGEST_NAME} letters, digits, '.', '-' and '_', "
            "the first one a letter or a digit."
        )


def _is_made_of(name: str, characters: frozenset[str], longest: int) -> bool:
    return 0 < len(name) <= longest and name[0] in _FIRST and characters.issuperset(name) and not name.endswith(".")


def check_settings(options: EntityOptions, before: EntityOptions, kind: str, shortest_idle: float = SHORTEST_IDLE) -> None:
    """Raises Refusal if settings that are changed are out of their limits."""
    if options.max_bytes != before.max_bytes and options.max_bytes // MEBIBYTE not in SIZES:
        raise argument_error(f"MaxSizeInMegabytes is {options.max_bytes // MEBIBYTE}, not one of {', '.join(map(str, SIZES))}.")
    window = options.duplicate_window
    if window is not None and window != before.duplicate_window and window < SHORTEST_WINDOW:
        raise argument_error(f"DuplicateDetectionHistoryTimeWindow is {window:g} seconds, less than {SHORTEST_WINDOW:g}.")
    check_kind(options, before, kind, shortest_idle)


def check_kind(options: EntityOptions, before: EntityOptions, kind: str, shortest_idle: float) -> None:
    """Raises Refusal for what makes no sense for a queue, a topic or a subscription, wherever it is declared."""
    idle = options.idle_seconds
    if idle is not None and idle != before.idle_seconds and idle < shortest_idle:
        raise argument_error(f"AutoDeleteOnIdle is {idle:g} seconds, less than {shortest_idle:g}.")
    if options.status in _KINDS_WITHOUT.get(kind, ()):
        raise argument_error(f"A {kind} cannot be {options.status}.")
    if options.requires_session and options.forward_to:
        raise argument_error("An entity that requires sessions cannot forward its messages.")


def check_unchanged(options: EntityOptions, before: EntityOptions, kind: str) -> None:
    """Raises Refusal for another value of a setting that only counts when the entity is made."""
    changed = {
        "RequiresSession": options.requires_session != before.requires_session,
        "RequiresDuplicateDetection": (options.duplicate_window is None) != (before.duplicate_window is None),
    }
    for name in (name for name, is_other in changed.items() if is_other):
        raise argument_error(f"The value for the {name} property of an existing {kind} cannot be changed.")
