"""Recordings of the SDK: what drifted, and whether anything secret got into them."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from support.platforms.tracebloc.cassettes.exchange import Exchange, load
from support.platforms.tracebloc.cassettes.shapes import Difference, differences
from support.platforms.tracebloc.scene import Scene
from support.redaction import redact

# longer than any word and shorter than any token
_LONG_AND_RANDOM = re.compile(r"(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{24,}")
# checksums, contents of files, and names of ours in which the run's own part was replaced
_HARMLESS = (
    re.compile(r"sha256: [0-9a-f]{64}"),
    re.compile(r"!!binary \|\n(?: +[A-Za-z0-9+/=]+\n)+"),
    re.compile(r"e2e[-_]test[-_]recorded[-_][\w-]+"),
)


def drift(recorded: Path, today: Path) -> list[Difference]:
    """What today's recording differs in from the kept one; raises OSError or ValueError when one cannot be read."""
    return differences(exchanges_in(recorded), exchanges_in(today))


def exchanges_in(cassette: Path) -> list[Exchange]:
    """All that was said; raises OSError or ValueError, which names the file."""
    try:
        return load(cassette.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{cassette}: {error}") from error


def secrets_of(scene: Scene) -> list[str]:
    """Every password, token, e-mail address, host and connection string that this scenario knows of."""
    platform, known = scene.addresses, []
    for person in scene.people.values():
        known += [person.email, person.password.get_secret_value(), person.backend.token]
    for environment in scene.environments:
        known += [environment.client_id, environment.client_password.get_secret_value()]
    known += [urlsplit(url).netloc for url in (platform.backend_url, platform.object_store_url) if url]
    return [
        *known,
        platform.object_store_secret_key.get_secret_value() if platform.object_store_secret_key else "",
        platform.service_bus_connection_string.get_secret_value(),
        scene.names.unique_part,
    ]


def secrets_in(text: str, known: list[str]) -> list[str]:
    """Which of the known secrets are in a recording, and what else in it looks like one."""
    looked_at = text
    for harmless in _HARMLESS:
        looked_at = harmless.sub("", looked_at)
    found = [f"a known secret of {len(secret)} characters" for secret in known if secret and secret in text]
    found += [f"what looks random: {match[:8]}..." for match in _LONG_AND_RANDOM.findall(looked_at)]
    return found + ["what the redaction would hide" for line in looked_at.splitlines() if redact(line) != line]
