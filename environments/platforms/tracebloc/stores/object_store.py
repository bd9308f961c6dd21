"""The object store: moto's S3 server, S3 only, kept on disk. Source: moto 5.2 (`create_backend_app`), the S3 API.

Run like every service: `python -m environments.platforms.tracebloc.stores.object_store`, with HTTP_HOST, HTTP_PORT,
OBJECT_STORE_BUCKET, OBJECTS_FOLDER, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and READY_FILE.
"""

import errno
import json
import logging
import threading
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.sabotages.store import StoreSabotage
from environments.platforms.tracebloc.stores.signed_requests import Application, Environ, KeyNeeded
from environments.reference_services.defects import is_on
from environments.reference_services.settings import read_settings

if TYPE_CHECKING:
    from werkzeug.test import Client

log = logging.getLogger("object-store")

METADATA_PREFIX = "x-amz-meta-"
FULL = b"<Error><Code>XMinioStorageFull</Code><Message>The object store is full.</Message></Error>"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
# moto does not look into it, but refuses whoever has none
OURSELVES = {"Authorization": "AWS object-store:itself"}


class Settings(BaseSettings):
    """Source: our choice."""

    http_host: str = "127.0.0.1"
    http_port: int
    object_store_bucket: str = "tracebloc"
    objects_folder: Path
    aws_access_key_id: str
    aws_secret_access_key: SecretStr


class KeptOnDisk:
    """An S3 application whose objects outlive its process: moto itself only keeps them in memory.

    What a request has changed is read back and written to a file before its answer goes out.
    """

    def __init__(self, application: Application, client: "Client", folder: Path) -> None:
        self._application = application
        self._client = client
        self._folder = folder

    def restore(self) -> int:
        """Put every object that is on disk; returns how many there are."""
        kept = sorted(self._folder.glob("*.json"))
        for file in kept:
            self._restore(file)
        return len(kept)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request. Source: WSGI, PEP 3333; a full store's answer as MinIO gives it."""
        path = str(environ["PATH_INFO"])
        # without the query, which may be signed
        log.info("%s %s", environ["REQUEST_METHOD"], path)
        is_object = bool(path.strip("/").count("/"))
        kept = ("PUT",) if is_on(StoreSabotage.REMOVED_OBJECTS_COME_BACK) else ("PUT", "DELETE")
        if not is_object or environ["REQUEST_METHOD"] not in kept:
            return self._application(environ, start_response)
        held: list[tuple[Any, ...]] = []
        answer = self._application(environ, lambda *begun: held.append(begun))
        try:
            self._keep(path)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            if not is_on(StoreSabotage.FULL_STORE_TAKEN_FOR_KEPT):
                self._put_back(path)
                start_response("507 Insufficient Storage", [("Content-Type", "application/xml"), ("Content-Length", str(len(FULL)))])
                return [FULL]
        start_response(*held[0])
        return answer

    def _keep(self, path: str) -> None:
        file = self._file(path)
        stored = self._client.get(path, headers=OURSELVES)
        if stored.status_code != 200:
            # the description first: without it an object does not count
            file.unlink(missing_ok=True)
            file.with_suffix(".object").unlink(missing_ok=True)
            return
        metadata = {name: value for name, value in stored.headers.items() if name.lower().startswith(METADATA_PREFIX)}
        drafts = {file.with_suffix(".object"): stored.data, file: json.dumps({"path": path, "metadata": metadata}).encode()}
        try:
            for target, content in drafts.items():
                target.with_name(f"{target.name}.new").write_bytes(content)
            # the description last: without it an object does not count
            for target in drafts:
                target.with_name(f"{target.name}.new").replace(target)
        finally:
            for target in drafts:
                target.with_name(f"{target.name}.new").unlink(missing_ok=True)

    def _put_back(self, path: str) -> None:
        """What could not be kept is not there: the object is again as it is on disk."""
        file = self._file(path)
        if file.exists():
            self._restore(file)
        else:
            self._client.delete(path, headers=OURSELVES)

    def _restore(self, file: Path) -> None:
        described = json.loads(file.read_text())
        self._client.put(described["path"], data=file.with_suffix(".object").read_bytes(), headers=OURSELVES | described["metadata"])

    def _file(self, path: str) -> Path:
        return self._folder / f"{sha256(path.encode()).hexdigest()}.json"


def main() -> None:
    """Make the bucket and serve until SIGTERM."""
    settings = read_settings(Settings)
    service.begin("object-store")
    # heavy: only in the process that serves
    from moto.moto_server.werkzeug_app import create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server
    from werkzeug.test import Client

    class KeepAlive(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    application = create_backend_app("s3")
    client = Client(application)
    answer = client.put(f"/{settings.object_store_bucket}")
    if answer.status_code != 200:
        log.error("the bucket %s cannot be made: %s", settings.object_store_bucket, answer.text)
        raise SystemExit(1)
    kept = KeptOnDisk(application, client, settings.objects_folder)
    restored = kept.restore()
    guarded = KeyNeeded(kept, settings.aws_access_key_id, settings.aws_secret_access_key)
    server = make_server(settings.http_host, settings.http_port, guarded, threaded=True, request_handler=KeepAlive)
    serving = threading.Thread(target=server.serve_forever, name="object store", daemon=True)
    serving.start()
    log.info("serving bucket %s with %d objects on %s:%d", settings.object_store_bucket, restored, settings.http_host, settings.http_port)
    service.ready()
    service.stopping.wait()
    server.server_close()


if __name__ == "__main__":
    main()
