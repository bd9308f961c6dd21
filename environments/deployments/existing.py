"""What a platform does on deployments that were there before the run: sees whether they let us in, removes what scenarios made there."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

from environments.deployments.access import Access
from environments.deployments.given import Given
from environments.deployments.made import MadeThing
from environments.errors import SubstrateError
from environments.services import HTTP, Address


class Places(Protocol):
    """Where the services of a deployment are reached, and what it takes to get in."""

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where a port of a service is; raises SubstrateError for an unknown one."""
        ...

    def secret(self, name: str) -> str:
        """A secret; raises SubstrateError for an unknown one."""
        ...


class Deployment(Places, Protocol):
    """A deployment as scenarios get at it: the substrate that stands for it."""

    @property
    def access(self) -> Access:
        """What of the platform scenarios can get at."""

    @property
    def given(self) -> Given:
        """What its operator gave scenarios."""


class ExistingDeployments:
    """For a platform that makes nothing on them, and whose services let everybody in; other platforms have a subclass."""

    needed: ClassVar[Sequence[tuple[str, str]]] = ()
    """The services and ports that a description has to say the addresses of."""

    def __init__(self, platform: str) -> None:
        self._platform = platform

    def ask(self, deployment: Deployment) -> Mapping[str, str]:
        """Ask a deployment, without changing anything, which capabilities it lacks; the reasons by their names.

        Raises SubstrateError with a sentence that says where it does not let us in with what is known of it.
        """
        return {}

    def remove_made(self, thing: MadeThing, places: Places) -> None:
        """Remove what a scenario made on a deployment, by the platform's own API; it may be gone. Raises SubstrateError with the reason."""
        raise SubstrateError(f"the platform {self._platform} does not say how a {thing.kind} is removed")
