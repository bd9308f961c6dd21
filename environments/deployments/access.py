"""What of a platform scenarios can get at where it runs; known before it runs."""

from environments.services import HTTP


class Access:
    """To everything, as on the substrates that start a platform themselves; a deployment that was there before has a subclass."""

    def to_port(self, service: str, port: str = HTTP) -> bool:
        """Whether the service has that port."""
        return True

    def to_secret(self, name: str) -> bool:
        """Whether the platform has a secret of that name."""
        return True

    def to_volume(self, name: str) -> bool:
        """Whether a volume of the platform of that name can be read."""
        return True
