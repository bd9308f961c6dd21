"""Tries whether a service that speaks TLS is trusted."""

import socket
import ssl

from environments.network.reaching import trusted


def shake_hands(host: str, port: int, within_seconds: float) -> None:
    """Return if whoever listens there for TLS is trusted; raises OSError, an SSLCertVerificationError when it is not."""
    context = ssl.create_default_context(cafile=trusted())
    with socket.create_connection((host, port), within_seconds) as plain, context.wrap_socket(plain, server_hostname=host):
        return
