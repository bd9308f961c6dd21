"""The object store: moto's S3 server, S3 only, in memory. Source: moto 5.2 (`create_backend_app`), the S3 API.

Run like every service: `python -m environments.embedded.object_store`, with HTTP_HOST, HTTP_PORT, OBJECT_STORE_BUCKET and READY_FILE.
"""

import logging
import threading

from pydantic_settings import BaseSettings

from environments.reference_platform import service


class Settings(BaseSettings):
    """Source: our choice."""

    http_host: str = "127.0.0.1"
    http_port: int
    object_store_bucket: str = "tracebloc"


def main() -> None:
    """Make the bucket and serve until SIGTERM."""
    settings = service.read_settings(Settings)
    log = service.begin("object-store")
    # heavy: only in the process that serves
    from moto.moto_server.werkzeug_app import create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server
    from werkzeug.test import Client

    class KeepAlive(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    application = create_backend_app("s3")
    answer = Client(application).put(f"/{settings.object_store_bucket}")
    if answer.status_code != 200:
        log.error("the bucket %s cannot be made: %s", settings.object_store_bucket, answer.text)
        raise SystemExit(1)
    server = make_server(settings.http_host, settings.http_port, application, threaded=True, request_handler=KeepAlive)
    serving = threading.Thread(target=server.serve_forever, name="object store", daemon=True)
    serving.start()
    log.info("serving bucket %s on %s:%d", settings.object_store_bucket, settings.http_host, settings.http_port)
    service.ready()
    service.stopping.wait()
    server.server_close()


if __name__ == "__main__":
    main()
