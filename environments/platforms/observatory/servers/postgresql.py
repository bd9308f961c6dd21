"""The store: a private PostgreSQL, made in its folder first. Runs like every service, by `python -m`.

Source: PostgreSQL 15 (Debian 12); the rest is our choice.
"""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.observatory.servers import programs
from environments.reference_services.settings import read_settings

USER = "observatory"
DATABASE = "postgres"
DEBIAN = Path("/usr/lib/postgresql")
"""Has a folder for each version."""

# nothing has to survive a crash of the machine
SERVER_OPTIONS = {
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "autovacuum": "off",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


class Settings(BaseSettings):
    """Source: our choice."""

    postgres_host: str
    postgres_port: int
    postgres_folder: Path
    postgres_password: SecretStr


def folders() -> list[str]:
    """Where PostgreSQL's programs may be, the newest version first."""
    versions = [found for found in DEBIAN.glob("*/bin") if found.parent.name.isdecimal()]
    return [str(found) for found in sorted(versions, key=lambda found: int(found.parent.name), reverse=True)]


def server_program() -> str | None:
    """PostgreSQL's server, if it is installed on this machine."""
    return programs.find("postgres", *folders()) if programs.find("initdb", *folders()) else None


def main() -> None:
    """Make the database unless it is there, and become the server."""
    settings = read_settings(Settings)
    server, initdb = programs.found("postgres", *folders()), programs.found("initdb", *folders())
    folder = programs.make_room(settings.postgres_folder / "data")
    data = folder / "database"
    if not data.exists():
        _make_database(initdb, folder, data, settings.postgres_password.get_secret_value())
    options = {"listen_addresses": settings.postgres_host, "port": str(settings.postgres_port), **SERVER_OPTIONS}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    programs.become([server, "-D", str(data), *arguments], folder, {}, without=("POSTGRES_PASSWORD",))


def _make_database(initdb: str, folder: Path, data: Path, password: str) -> None:
    file = folder / "password"
    programs.write(file, f"{password}\n")
    options = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={file}", "--encoding=UTF8", "--locale=C", "--no-sync"]
    try:
        programs.run_first([initdb, *options, "-D", str(data)], folder)
    finally:
        file.unlink()
    # its interface decides who gets that far: loopback, or the network of a run's containers
    with (data / "pg_hba.conf").open("a", encoding="utf-8") as rules:
        rules.write("host all all all scram-sha-256\n")


if __name__ == "__main__":
    programs.run(main)
