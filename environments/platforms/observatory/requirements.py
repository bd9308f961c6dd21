"""What the platform needs of the machine it runs on; nothing of it is needed by a run of another platform."""

from collections.abc import Callable, Iterable

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


def missing_packages(modules: Iterable[str] = (*PACKAGES, *SHARED)) -> str | None:
    """Which of these are not installed, and the command that installs them; None when all are."""
    missing = [module for module in modules if package(module, EXTRA, PURPOSE).probe() is None]
    return f"packages missing: {', '.join(missing)} ({pip_command([EXTRA])})" if missing else None


def why_not_running(mongod: str) -> str | None:
    """What is missing to run the platform, and the command that installs it; None when nothing is."""
    programs = [each.name for each in requirements(mongod) if each.kind == "program" and each.probe() is None]
    debian = " ".join(SERVERS[name][0] for name in programs)
    servers = f"{', '.join(programs)} not installed (apt-get install {debian})" if programs else None
    packages = missing_packages([*PACKAGES, *SHARED, *([] if mongod else ["nx_27017"])])
    return "; ".join(filter(None, [servers, packages])) or None
