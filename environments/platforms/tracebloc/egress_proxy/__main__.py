"""Runs the egress proxy: `python -m environments.platforms.tracebloc.egress_proxy`."""

import asyncio
import logging
import signal
import ssl
from pathlib import Path

from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.egress_proxy.faults import Faults
from environments.platforms.tracebloc.egress_proxy.proxy import ALLOWED_HOSTS, EgressProxy
from environments.platforms.tracebloc.egress_proxy.settings import Settings
from environments.reference_services.settings import read_settings


def main() -> None:
    """Make a throw-away certificate authority, write its certificate to CA_FILE, and serve until SIGTERM."""
    settings = read_settings(Settings)
    log = service.begin("egress-proxy")
    asyncio.run(_serve(settings, throw_away_tls(settings.ca_file), log))


def throw_away_tls(ca_file: Path) -> ssl.SSLContext:
    """A TLS context for the platform's public hosts; whoever trusts `ca_file`, and no one else, trusts it."""
    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*ALLOWED_HOSTS).configure_cert(context)
    # written aside first: a reader finds a whole file or none
    aside = ca_file.with_suffix(".new")
    authority.cert_pem.write_to_path(str(aside))
    aside.replace(ca_file)
    return context


async def _serve(settings: Settings, tls: ssl.SSLContext, log: logging.Logger) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    proxy = EgressProxy(settings.backend_url, tls, Faults(settings.faults_file))
    server = await asyncio.start_server(proxy.handle, settings.http_host, settings.http_port)
    log.info("letting through %s", ", ".join(ALLOWED_HOSTS))
    service.ready()
    # no waiting for idle connections: their clients may keep them for ever
    await stop.wait()
    server.close()


if __name__ == "__main__":
    main()
