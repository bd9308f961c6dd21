"""TLS with an authority that lives as long as the process: made at start, its private key never written."""

import atexit
import logging
import os
import ssl
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)


def make_authority(names: tuple[str, ...], authority_file: str | None) -> ssl.SSLContext:
    """A server's context for these host names and addresses.

    The authority's certificate is left in the file, or in a temporary one that goes with the process.

    Raises OSError if the file cannot be written.
    """
    # the standard library cannot make certificates; only who wants TLS needs this
    import trustme

    authority = trustme.CA(organization_name="Ringmaster Service Bus (throw-away)")
    if authority_file is None:
        descriptor, authority_file = tempfile.mkstemp(prefix="service-bus-ca-", suffix=".pem")
        os.close(descriptor)
        atexit.register(Path(authority_file).unlink, missing_ok=True)
    Path(authority_file).write_bytes(authority.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*names).configure_cert(context)
    log.info("certificate authority in %s", authority_file)
    return context
