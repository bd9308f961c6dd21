"""The event store: a MongoDB where one is given, else nx-27017, which speaks its protocol. Runs like every service, by `python -m`.

It asks for no password, as the project's own does in its integration mode; it listens for this machine only. Source: nx-27017 0.8.1.
"""

import sys
from pathlib import Path

from pydantic_settings import BaseSettings

from environments.platforms.observatory.servers import programs
from environments.reference_services.settings import read_settings


class Settings(BaseSettings):
    """Source: our choice."""

    event_store_host: str
    event_store_port: int
    event_store_folder: Path
    mongod_program: str = ""


def main() -> None:
    """Become MongoDB, or serve its protocol, until SIGTERM."""
    settings = read_settings(Settings)
    folder, port = settings.event_store_folder, str(settings.event_store_port)
    if settings.mongod_program:
        data = programs.make_room(folder / "data")
        options = ["--dbpath", str(data), "--bind_ip", settings.event_store_host, "--port", port, "--quiet"]
        programs.become([settings.mongod_program, *options], data, {})
    # loaded here, since it takes a while and a MongoDB does without
    from nx_27017.nx_27017 import main as serve

    # a killed one leaves it, and in a container whoever starts again has the same number and takes itself for the other
    (folder / "pid").unlink(missing_ok=True)
    files = ["--data-dir", str(folder / "data"), "--log-file", str(folder / "log"), "--pid-file", str(folder / "pid")]
    sys.argv = ["nx_27017", "--host", settings.event_store_host, "--port", port, *files]
    serve()


if __name__ == "__main__":
    programs.run(main)
