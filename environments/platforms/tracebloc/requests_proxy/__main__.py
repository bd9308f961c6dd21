"""Runs the requests proxy: `python -m environments.platforms.tracebloc.requests_proxy`."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.edge.login import log_in_or_exit
from environments.platforms.tracebloc.requests_proxy.object_store import ObjectStore
from environments.platforms.tracebloc.requests_proxy.relay import Relay
from environments.platforms.tracebloc.requests_proxy.settings import Settings
from environments.reference_services.settings import read_settings


def main() -> None:
    """Serve the pods until SIGTERM; the links to the queues open meanwhile, and a pod that is quicker waits for its link."""
    settings = read_settings(Settings)
    log = service.begin("requests-proxy")
    from environments.platforms.tracebloc.common.http_server import serving
    from environments.platforms.tracebloc.requests_proxy.api import application

    with ThreadPoolExecutor(1) as pool:
        store = pool.submit(ObjectStore, settings.object_store_url, settings.object_store_bucket)
        session = log_in_or_exit(settings)
        relay = Relay(session.login())
        session.close()
    Thread(target=relay.open, name="opening the queues", daemon=True).start()
    with serving(application(settings, store.result(), relay), settings.http_host, settings.http_port):
        log.info("serving the pods of client %s", settings.client_id)
        service.ready()
        service.stopping.wait()
    relay.close()


if __name__ == "__main__":
    main()
