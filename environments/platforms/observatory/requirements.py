"""What the platform needs of the machine it runs on; nothing of it is needed by a run of another platform."""

from collections.abc import Callable

from environments.platforms.observatory.servers import postgresql, rabbitmq, redis
from environments.requirements import Requirement, package, pip_command

PACKAGES = ("aiohttp", "pika", "redis", "psycopg", "pymongo", "prometheus_client", "websocket")
SHARED = ("fastapi", "uvicorn", "jsonschema")
"""Packages that other platforms ask for as well."""
FOR_SERVICES = (
    "aiohttp",
    "fastapi",
    "httptools",
    "httpx",
    "jsonschema",
    "nx-27017",
    "pika",
    "prometheus-client",
    "psycopg[binary]",
    "pydantic-settings",
    "pymongo",
    "redis",
    "rfc3339-validator",
    "tenacity",
    "uvicorn",
    "uvloop",
)
"""What pip installs where its services run."""
EXTRA = "-e '.[observatory]'"
SERVERS: dict[str, tuple[str, Callable[[], str | None]]] = {
    "RabbitMQ": ("rabbitmq-server", rabbitmq.server_program),
    "PostgreSQL": ("postgresql", postgresql.server_program),
    "Redis": ("redis-server", redis.server_program),
}
"""By what people call them: Debian's package, and what finds the program."""
PURPOSE = "servers"


def requirements(mongod: str) -> list[Requirement]:
    """Everything that the platform looks for."""
    modules = PACKAGES if mongod else (*PACKAGES, "nx_27017")
    return [
        *(package(module, EXTRA, PURPOSE, needed=False) for module in modules),
        *(
            Requirement(name, "program", PURPOSE, f"apt-get install {debian}", probe, needed=False)
            for name, (debian, probe) in SERVERS.items()
        ),
    ]


def why_not_running(mongod: str) -> str | None:
    """What is missing to run the platform, and the command that installs it; None when nothing is."""
    shared = [package(module, EXTRA, PURPOSE) for module in SHARED]
    missing = [each for each in [*requirements(mongod), *shared] if each.probe() is None]
    programs = [each.name for each in missing if each.kind == "program"]
    packages = [each.name for each in missing if each.kind == "package"]
    said = []
    if programs:
        debian = " ".join(SERVERS[name][0] for name in programs)
        said.append(f"{', '.join(programs)} not installed (apt-get install {debian})")
    if packages:
        said.append(f"packages missing: {', '.join(packages)} ({pip_command([EXTRA])})")
    return "; ".join(said) or None
