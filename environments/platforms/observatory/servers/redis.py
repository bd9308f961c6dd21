"""The cache: a private Redis. Runs like every service, by `python -m`.

It asks for no password, since the real services know none; it listens for this machine only. Source: Redis 7 (Debian 12).
"""

from pathlib import Path

from pydantic_settings import BaseSettings

from environments.platforms.observatory.servers import programs
from environments.reference_services.settings import read_settings


class Settings(BaseSettings):
    """Source: our choice."""

    redis_host: str
    redis_port: int
    redis_folder: Path


def server_program() -> str | None:
    """Redis's server, if it is installed on this machine."""
    return programs.find("redis-server")


def main() -> None:
    """Become the server."""
    settings = read_settings(Settings)
    server = programs.found("redis-server")
    folder = programs.make_room(settings.redis_folder / "data")
    # each write is kept at once: a killed cache comes back with its counters
    listening = ["--bind", settings.redis_host, "--port", str(settings.redis_port), "--protected-mode", "no"]
    keeping = ["--dir", str(folder), "--save", "", "--appendonly", "yes", "--appendfsync", "no"]
    programs.become([server, *listening, *keeping], folder, {})


if __name__ == "__main__":
    programs.run(main)
