"""Where the services of a deployment are, and which of them its description names."""

from pathlib import Path

from environments.deployments.access import Access
from environments.errors import SubstrateError
from environments.remote.deployments import ExistingDeployment
from environments.services import HTTP, Address


class RemoteSites:
    """Where the services of a deployment are, for groups that are added on this machine (see `environments.embedded.site.Elsewhere`)."""

    def __init__(self, deployment: ExistingDeployment) -> None:
        self._deployment = deployment

    def has(self, service: str) -> bool:
        """Whether a service is one of the deployment's own."""
        return any(service == known for known, _ in self._deployment.addresses)

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where a port of a service is; raises SubstrateError for an unknown one."""
        found = self._deployment.addresses.get((service, port))
        if found is None:
            raise SubstrateError(f"the deployment '{self._deployment.name}' names no address \"{service}:{port}\"")
        return found

    def volume(self, name: str) -> Path:
        """Where a volume can be read on this machine; raises SubstrateError."""
        if name not in self._deployment.volumes:
            raise SubstrateError(f"the deployment '{self._deployment.name}' has no volume '{name}' that can be read here")
        return self._deployment.volumes[name]

    def pod_volume(self, name: str) -> Path:
        """The same: the pods of groups run on this machine."""
        return self.volume(name)

    def secret(self, name: str) -> str:
        """A secret; raises SubstrateError."""
        found = self._deployment.secret(name)
        if not found:
            variable = self._deployment.secret_variables.get(name)
            where = f"the variable {variable} is not set" if variable else "it stands in neither [secrets] nor [secret_variables]"
            raise SubstrateError(f"the secret '{name}' of the deployment '{self._deployment.name}' is missing: {where}")
        return found


class AccessToNamed(Access):
    """To what the description of a deployment names."""

    def __init__(self, deployment: ExistingDeployment) -> None:
        self._deployment = deployment

    def to_port(self, service: str, port: str = HTTP) -> bool:
        """Whether it says where that port is."""
        return (service, port) in self._deployment.addresses

    def to_secret(self, name: str) -> bool:
        """Whether it tells that secret."""
        return self._deployment.secret(name) is not None

    def to_volume(self, name: str) -> bool:
        """Whether it says where that volume can be read."""
        return name in self._deployment.volumes
