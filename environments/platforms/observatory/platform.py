"""The Distributed Task Observatory: jobs that pass through a broker, a store, a cache and an event store.

RabbitMQ, PostgreSQL and Redis are the real servers; the services are the project's own where they are given, else reference services.
Source: oddessentials/odd-demonstration.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from environments.platform import Platform, Sabotage, Scene, Setting, Vocabulary
from environments.services import PythonPackages, ServiceSpec
from environments.setting_values import text

if TYPE_CHECKING:
    # only what names and settings need is imported: every command reads this module
    from environments.requirements import Requirement
    from environments.substrate import Substrate

SERVERS = "servers"


class Observatory(Platform):
    """See `environments.platform.Platform`."""

    name = "observatory"
    settings = (
        Setting(
            "observatory_mongod", text, "MongoDB's server program, to keep events in; nx-27017 without it", default="", metavar="PROGRAM"
        ),
    )
    capabilities = {SERVERS: "RabbitMQ, PostgreSQL, Redis and an event store run here"}  # noqa: RUF012 - as the base class declares it
    shared_services = ("rabbitmq", "postgresql", "redis", "event-store", "gateway", "processor", "metrics-engine", "read-model")
    vocabulary = Vocabulary(example=("When a job is submitted", "Then the job is completed"))

    @classmethod
    def sabotages(cls) -> Sequence[Sabotage]:
        """The defects that its reference services can have switched on."""
        from environments.platforms.observatory import sabotages

        return [Sabotage(str(known), known.meaning, known.incident) for known in sabotages.Sabotage]

    @cached_property
    def why_not_running(self) -> str | None:
        """What is missing to run it, and the command that installs it; None when nothing is."""
        from environments.platforms.observatory.requirements import why_not_running

        return why_not_running(self.values["observatory_mongod"])

    def services(self) -> Sequence[ServiceSpec]:
        """Its services; none where a server is missing, so that scenarios can be skipped with the reason."""
        if self.why_not_running:
            return ()
        from environments.platforms.observatory.services import services

        return services(self.values["observatory_mongod"])

    def packages(self) -> PythonPackages:
        """What its services are made with."""
        from environments.platforms.observatory.requirements import FOR_SERVICES

        return PythonPackages(FOR_SERVICES)

    def requirements(self) -> "Sequence[Requirement]":
        """What its services and clients need of the machine they run on."""
        from environments.platforms.observatory.requirements import requirements

        return requirements(self.values["observatory_mongod"])

    def why_missing(self, capability: str, substrate: "Substrate") -> str | None:
        """Why one of its own capabilities is not there, in one plain sentence; None when it is."""
        return self.why_not_running

    def new_scene(self, substrate: "Substrate", folder: Path) -> Scene:
        """A scene for one scenario, whose evidence is kept in `folder`."""
        from support.platforms.observatory.scene import new_scene

        return new_scene(substrate, folder)


PLATFORM = Observatory
