"""The broker: a private RabbitMQ with an epmd of its own, which ends with it. Runs like every service, by `python -m`.

Source: RabbitMQ 3.10 (Debian 12); the rest is our choice.
"""

import os
import signal
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.observatory.servers import programs
from environments.processes.kernel import be_told_of_parents_end
from environments.reference_services.settings import read_settings

SCRIPTS = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin")
"""Where the server itself is; what Debian has in /usr/sbin becomes another user first, whom this run knows nothing of."""
USER = "observatory"
PLUGIN, PRELAUNCH = "rabbitmq_", "rabbitmq_prelaunch"

# as Erlang terms: reading rabbitmq.conf takes a second more
CONFIGURATION = """[{{rabbit, [
  {{tcp_listeners, [{{"{host}", {port}}}]}}, {{num_tcp_acceptors, 2}}, {{loopback_users, []}},
  {{default_user, <<"{user}">>}}, {{default_pass, <<"{password}">>}},
  {{disk_free_limit, 16777216}}, {{vm_memory_high_watermark, {{absolute, 268435456}}}}
]}}].
"""


class Settings(BaseSettings):
    """Source: our choice."""

    rabbitmq_host: str
    rabbitmq_port: int
    epmd_port: int
    distribution_port: int
    rabbitmq_folder: Path
    rabbitmq_password: SecretStr


def server_program() -> str | None:
    """RabbitMQ's server, if it is installed on this machine."""
    return programs.find("rabbitmq-server", *SCRIPTS) if programs.find("erl") and programs.find("epmd") else None


def main() -> None:
    """Write its configuration and become it."""
    settings = read_settings(Settings)
    server, epmd = programs.found("rabbitmq-server", *SCRIPTS), programs.found("epmd")
    programs.found("erl")
    folder = programs.make_room(settings.rabbitmq_folder / "data")
    password = settings.rabbitmq_password.get_secret_value()
    terms = CONFIGURATION.format(host=settings.rabbitmq_host, port=settings.rabbitmq_port, user=USER, password=password)
    programs.write(folder / "advanced.config", terms)
    programs.write(folder / "enabled_plugins", "[].\n")
    environment = _environment(settings, folder) | {"RABBITMQ_PLUGINS_DIR": str(_few_plugins(server, folder))}
    _start_epmd(epmd, settings, environment)
    programs.become([server], folder, environment, without=("RABBITMQ_PASSWORD",))


def _environment(settings: Settings, folder: Path) -> dict[str, str]:
    # nothing of the machine's own RabbitMQ is read; the node talks to itself only
    return {
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(settings.epmd_port),
        "RABBITMQ_NODENAME": "observatory@localhost",
        "RABBITMQ_DIST_PORT": str(settings.distribution_port),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_LOG": "info,-color",
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        # the script becomes the server then, so that faults reach the server and not a shell
        "RABBITMQ_ALLOW_INPUT": "1",
        "RABBITMQ_SERVER_START_ARGS": "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
    }


def _few_plugins(server: str, folder: Path) -> Path:
    """Only what the server itself needs of the folder that holds itself and all plugins: it looks into each, which takes a second."""
    few = folder / "plugins"
    few.mkdir(exist_ok=True)
    for found in (Path(server).resolve().parents[1] / "plugins").iterdir():
        if not found.name.startswith(PLUGIN) or found.name.startswith(PRELAUNCH):
            (few / found.name).unlink(missing_ok=True)
            (few / found.name).symlink_to(found)
    return few


def _start_epmd(program: str, settings: Settings, environment: dict[str, str]) -> None:
    if os.fork() != 0:
        return
    be_told_of_parents_end(signal.SIGKILL)
    programs.give_up_rights()
    arguments = [program, "-port", str(settings.epmd_port), "-address", "127.0.0.1"]
    os.execve(program, arguments, {**os.environ, "HOME": "/", **environment})  # noqa: S606 - a fixed program


if __name__ == "__main__":
    programs.run(main)
