"""Images of ours that no run has used for days are removed, and nothing else. Source: Docker Engine API, images and their labels."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from environments.compose.docker_containers import refusals
from environments.compose.engine import Engine
from environments.errors import SubstrateError

UNUSED_FOR = timedelta(days=3)
NEVER = "0001-"
"""How Docker's times begin that stand for none."""


def note_use(engine: Engine, image: str) -> None:
    """Have Docker know that a run uses the image now: it tells only when an image got its tag."""
    repository, _, tag = image.partition(":")
    with refusals():
        engine.api.tag(image, repository, tag)


def prune(engine: Engine, label: str, unused_since: datetime) -> list[str]:
    """Remove the images with this label that were last used before then and that no container has; tells which."""
    return [name for name in _unused(engine, label, unused_since) if _remove(engine, name)]


def days_ago(now: datetime | None = None) -> datetime:
    """What was not used since then is not likely to be used again."""
    return (now or datetime.now(UTC)) - UNUSED_FOR


def _unused(engine: Engine, label: str, since: datetime) -> Iterator[str]:
    with refusals():
        listed = engine.api.images(filters={"label": label})
    for entry in listed:
        if not entry["RepoTags"]:
            # two runs have built the same one
            yield entry["Id"]
            continue
        with contextlib.suppress(SubstrateError), refusals():
            # another run may have removed it meanwhile
            if _last_used(engine.api.inspect_image(entry["Id"])) < since:
                yield from entry["RepoTags"]


def _last_used(image: Mapping[str, Any]) -> datetime:
    tagged = image.get("Metadata", {}).get("LastTagTime") or NEVER
    told = image["Created"] if tagged.startswith(NEVER) else tagged
    return datetime.fromisoformat(told)


def _remove(engine: Engine, name: str) -> bool:
    try:
        with refusals():
            # without force one that a container has stays
            engine.api.remove_image(name)
    except SubstrateError:
        return False
    return True
