"""What Docker's own words for a failure come to, and what helps. Source: Docker Engine 26 and compose 2.26, as their messages read."""

import re
from collections.abc import Sequence

from environments.texts import clean_lines

LINES_OF_A_FAILURE = 16

NOT_INSTALLED = "Docker is not installed: install it (https://docs.docker.com/engine/install), or use --substrate embedded"
NO_COMPOSE = "docker compose is not installed: install the package docker-compose-plugin"
NOT_ALLOWED = "this user may not use Docker: join the group docker (`sudo usermod -aG docker $USER`) and log in again"
NO_DAEMON = "Docker's daemon does not run: start it (`sudo systemctl start docker`)"
NO_ROOM = "the disk is full: make room (`docker system df` shows what Docker keeps, `docker builder prune` frees it)"
PORT_TAKEN = "a port is taken: stop what listens there (`ss -ltnp` shows it)"
NO_IMAGE = (
    "an image cannot be pulled: name one that is there with RINGMASTER_COMPOSE_BASE_IMAGE (`docker images` lists them), "
    "or log in to its registry (`docker login`)"
)
NO_INIT = "this Docker has no docker-init: install the package tini on its machine, or set RINGMASTER_COMPOSE_INIT=false"
NO_LAYERS = (
    "this builder cannot keep layers in a folder: make one that can (`docker buildx create --use`), or unset RINGMASTER_COMPOSE_LAYERS"
)
NO_NETWORK = "Docker has no network left: remove unused ones (`docker network prune`)"

MEANINGS = {
    NO_IMAGE: r"pull access denied|manifest unknown|manifest for .* not found|failed to resolve (source metadata|reference)"
    r"|no such image|repository does not exist",
    NOT_ALLOWED: r"permission denied.*docker.*sock|docker.*sock.*permission denied|permissionerror",
    NO_DAEMON: r"cannot connect to the docker daemon|is the docker daemon running|connection refused|connection aborted"
    r"|no such file or directory.*\.sock|\.sock.*no such file|filenotfounderror",
    NO_ROOM: r"no space left on device",
    PORT_TAKEN: r"port is already allocated|address already in use",
    NO_INIT: r"docker-init",
    NO_LAYERS: r"cache export is not supported",
    NO_NETWORK: r"pool overlaps|could not find an available.*address pool|all predefined address pools",
}
"""By what a failure comes to, what Docker then says, in small letters; the first that fits counts."""


def explain(arguments: Sequence[str], said: str) -> str:
    """What a failure of `docker` comes to: what helps first, then its own last words."""
    text = " ".join(said.lower().split())
    meaning = next((meaning for meaning, pattern in MEANINGS.items() if re.search(pattern, text)), None)
    last = [line.rstrip() for line in clean_lines(said) if line.strip()][-LINES_OF_A_FAILURE:]
    if meaning is not None:
        return f"{meaning}. Docker says: {last[-1].strip() if last else 'nothing'}"
    lines = "".join(f"\n  | {line}" for line in last)
    return f"`docker {' '.join(arguments[:1])}` failed" + (f"; its last lines:{lines}" if lines else "")
