"""The Distributed Task Observatory: jobs that pass through a broker, a store, a cache and an event store.

RabbitMQ, PostgreSQL and Redis are the real servers; the services are the project's own where they are given, else reference services.
Source: oddessentials/odd-demonstration.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from environments.platform import Platform, RunningPlatform, Sabotage, Scene, Setting, Vocabulary
from environments.platforms.observatory import real_parts
from environments.platforms.observatory.web_terminal_service import NAME as TERMINAL
from environments.services import PythonPackages, ServiceSpec
from environments.settings.values import folder, text

if TYPE_CHECKING:
    # only what names and settings need is imported: every command reads this module
    from environments.requirements import Requirement
    from environments.substrate import Substrate

SERVERS, BROWSER, REAL = "servers", "browser", "real."


def text_of(service: str) -> str:
    """A service as people call it."""
    return "terminal server" if service == TERMINAL else service.replace("_", " ")


class Observatory(Platform):
    """See `environments.platform.Platform`."""

    name = "observatory"
    settings = (
        Setting(real_parts.CHECKOUT, folder, "a built checkout of odd-demonstration, whose services are run", metavar="FOLDER"),
        *(
            Setting(
                real_parts.command_setting(service),
                real_parts.command,
                f"what runs the project's own {text_of(service)}",
                metavar="COMMAND",
            )
            for service in real_parts.BUILT
        ),
        *(
            Setting(
                real_parts.image_setting(service),
                real_parts.image,
                f"the image of the project's own {text_of(service)}, for compose and kind",
                metavar="IMAGE",
            )
            for service in real_parts.BUILT
        ),
        Setting(
            "observatory_mongod", text, "MongoDB's server program, to keep events in; nx-27017 without it", default="", metavar="PROGRAM"
        ),
    )
    capabilities = {  # noqa: RUF012 - as the base class declares it
        SERVERS: "RabbitMQ, PostgreSQL, Redis and an event store run here",
        BROWSER: "the page with the terminal is looked at in Chromium",
        **{f"{REAL}{service.replace('_', '-')}": f"the project's own {text_of(service)} runs" for service in real_parts.BUILT},
        f"{REAL}event-store": "events are kept in a MongoDB",
    }
    shared_services = ("rabbitmq", "postgresql", "redis", "event-store", "gateway", "processor", "metrics-engine", "read-model")
    mutable_sources = {  # noqa: RUF012 - as the base class declares it
        "gateway": ("gateway/*.py",),
        "processor": ("processor/*.py",),
        "metrics engine": ("metrics_engine/*.py",),
        "read model": ("read_model/*.py",),
        "terminal server": ("web_terminal/*.py", "pseudo_terminal/*.py"),
        "messages": ("broker.py", "messages.py", "queues.py", "web.py", "contracts/__init__.py"),
    }
    vocabulary = Vocabulary(example=("When a job is submitted", "Then the job is completed"))

    @classmethod
    def sabotages(cls) -> Sequence[Sabotage]:
        """The defects that its reference services can have switched on."""
        from environments.platforms.observatory import sabotages, web_terminal_sabotages

        others = web_terminal_sabotages.SABOTAGES
        return [*(Sabotage(str(known), known.meaning, known.incident) for known in sabotages.Sabotage), *others]

    @cached_property
    def own_commands(self) -> Mapping[str, Sequence[str]]:
        """What runs the project's own services, as far as they are given."""
        return real_parts.commands(self.values)

    @cached_property
    def own_images(self) -> Mapping[str, str]:
        """The images of the project's own services, as far as they are given."""
        return real_parts.images(self.values)

    def own_parts(self, substrate: "Substrate") -> Mapping[str, str]:
        """Which of the project's own services run there, and what tells one of them from another."""
        if substrate.runs_images:
            return {service: f"{text_of(service)} ({image})" for service, image in self.own_images.items()}
        return {service: text_of(service) for service in self.own_commands}

    def with_own_parts(self, substrate: "Substrate", specs: Sequence[ServiceSpec]) -> Sequence[ServiceSpec]:
        """Services that a scenario adds there, of which some are the project's own."""
        if substrate.runs_images:
            return real_parts.put_in_images(specs, self.own_images)
        return real_parts.put_in(specs, self.own_commands)

    @cached_property
    def why_not_running(self) -> str | None:
        """What is missing to run it, and the command that installs it; None when nothing is."""
        from environments.platforms.observatory.requirements import why_not_running

        return why_not_running(self.values["observatory_mongod"])

    def services(self) -> Sequence[ServiceSpec]:
        """Its services; none where a server is missing, so that scenarios can be skipped with the reason."""
        return real_parts.put_in(self._reference(), self.own_commands)

    def services_in_containers(self) -> Sequence[ServiceSpec]:
        """The same, with the project's images: containers have no command of this machine."""
        return real_parts.put_in_images(self._reference(), self.own_images)

    def services_in_pods(self) -> Sequence[ServiceSpec]:
        """The same."""
        return self.services_in_containers()

    def _reference(self) -> Sequence[ServiceSpec]:
        if self.why_not_running:
            return ()
        from environments.platforms.observatory.services import services

        return services(self.values["observatory_mongod"])

    def needs_own_network(self) -> bool:
        """The project's own services listen on all interfaces, and its processor on a fixed port."""
        return bool(self.own_commands)

    def packages(self) -> PythonPackages:
        """What its services are made with; nothing where it does not run."""
        if self.why_not_running:
            return PythonPackages()
        from environments.platforms.observatory.requirements import FOR_SERVICES

        return PythonPackages(FOR_SERVICES)

    def requirements(self) -> "Sequence[Requirement]":
        """What its services and clients need of the machine they run on."""
        from environments.platforms.observatory.browser import REQUIREMENTS
        from environments.platforms.observatory.requirements import requirements

        return [*requirements(self.values["observatory_mongod"]), *REQUIREMENTS]

    @classmethod
    def why_not_loadable(cls) -> str | None:
        """Which packages are missing, and the command that installs them."""
        from environments.platforms.observatory.requirements import missing_packages

        return missing_packages()

    def why_missing(self, capability: str, substrate: "Substrate") -> str | None:
        """Why one of its own capabilities is not there, in one plain sentence; None when it is."""
        if capability == BROWSER and TERMINAL in self.own_parts(substrate):
            return "the project's own terminal server serves no page: its nginx does"
        if capability == BROWSER:
            from environments.platforms.observatory.browser import why_no_browser

            return why_no_browser()
        if not capability.startswith(REAL):
            return self.why_not_running
        service = capability.removeprefix(REAL).replace("-", "_")
        if service == "event_store":
            return None if self.values["observatory_mongod"] else "events are kept by nx-27017: name a MongoDB with --observatory-mongod"
        if service in self.own_parts(substrate):
            return None
        setting = real_parts.image_setting(service) if substrate.runs_images else real_parts.command_setting(service)
        return f"the reference {text_of(service)} runs: name the project's own with --{setting.replace('_', '-')}"

    def running(self, substrate: "Substrate") -> RunningPlatform:
        """It as it runs on a substrate."""
        return RunningObservatory(self, substrate)

    def new_scene(self, substrate: "Substrate", folder: Path) -> Scene:
        """A scene for one scenario, whose evidence is kept in `folder`."""
        from support.platforms.observatory.scene import new_scene

        return new_scene(substrate, folder, partial(self.with_own_parts, substrate))


class RunningObservatory(RunningPlatform):
    """See `environments.platform.RunningPlatform`."""

    platform: Observatory

    def may_have(self, defect: str) -> bool:
        """Whether a part that has the defect is the project's own; of a defect that nobody knows, any part may be."""
        own = set(self.platform.own_parts(self.substrate))
        return super().may_have(defect) or bool(own.intersection(real_parts.KNOWN_DEFECTS.get(defect, own)))

    def facts(self) -> Mapping[str, str]:
        """Which parts are real."""
        platform = self.platform
        if platform.why_not_running:
            return {"observatory": f"does not run: {platform.why_not_running}"}
        mongod = platform.values["observatory_mongod"]
        stores = ["RabbitMQ", "PostgreSQL", "Redis"] + (["MongoDB"] if mongod else [])
        own = platform.own_parts(self.substrate)
        real = [*stores, *own.values()]
        reference = [text_of(service) for service in real_parts.BUILT if service not in own]
        stand_ins = [*reference, *([] if mongod else ["nx-27017 for MongoDB"])]
        return {"real parts": ", ".join(real), "reference parts": ", ".join(stand_ins) or "none"}


PLATFORM = Observatory
