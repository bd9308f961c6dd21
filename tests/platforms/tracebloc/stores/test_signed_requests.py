"""The object store answers those who hold its key, and nobody else."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.platforms.tracebloc.backend.conftest import end, free_port, run_service

BUCKET, KEY, SECRET = "tracebloc", "ringmaster", "the object store's secret key"
CONTENT = b"some weights"


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the store keeps its objects in."""
    return tmp_path_factory.mktemp("objects")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, objects: Path) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("object_store"), free_port()
    environment = {
        "HTTP_PORT": str(port), "OBJECT_STORE_BUCKET": BUCKET, "OBJECTS_FOLDER": str(objects), "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }  # fmt: skip
    process = started(folder, environment)
    yield f"http://127.0.0.1:{port}"
    end([process])


def started(folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return run_service("environments.platforms.tracebloc.stores.object_store", folder, environment)


def s3(url: str, key: str = KEY, secret: str = SECRET) -> Any:  # noqa: ANN401 - boto3 has no types
    config = Config(retries={"total_max_attempts": 1}, signature_version="s3v4", s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret, config=config)


@pytest.mark.parametrize("name", ["plain", "with space", "a+b=c&d", "ü/ä", "100%", "~(x)[y]"])
def test_who_holds_the_key_writes_lists_and_reads(url: str, name: str) -> None:
    store = s3(url)
    store.put_object(Bucket=BUCKET, Key=f"models/{name}/weights", Body=CONTENT, Metadata={"rows": "3"})
    assert store.list_objects_v2(Bucket=BUCKET, Prefix=f"models/{name}/")["KeyCount"] == 1
    got = store.get_object(Bucket=BUCKET, Key=f"models/{name}/weights")
    assert (got["Body"].read(), got["Metadata"]) == (CONTENT, {"rows": "3"})


def test_what_is_deleted_leaves_nothing_on_disk(url: str, objects: Path) -> None:
    store, before = s3(url), sorted(objects.iterdir())
    store.put_object(Bucket=BUCKET, Key="passing", Body=CONTENT)
    assert any(file.read_bytes() == CONTENT for file in set(objects.iterdir()) - set(before))
    store.delete_object(Bucket=BUCKET, Key="passing")
    assert sorted(objects.iterdir()) == before


@pytest.mark.parametrize(
    ("key", "secret", "code"), [(KEY, "another secret", "SignatureDoesNotMatch"), ("somebody", SECRET, "InvalidAccessKeyId")]
)
def test_who_holds_another_key_is_refused(url: str, key: str, secret: str, code: str) -> None:
    for call in (lambda store: store.list_objects_v2(Bucket=BUCKET), lambda store: store.put_object(Bucket=BUCKET, Key="x", Body=b"x")):
        with pytest.raises(ClientError) as refused:
            call(s3(url, key, secret))
        assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", f"/{BUCKET}"), ("GET", f"/{BUCKET}/x"), ("PUT", f"/{BUCKET}/x"), ("POST", f"/{BUCKET}"), ("DELETE", f"/{BUCKET}/x"),
     ("POST", "/moto-api/reset"), ("GET", "/moto-api/data.json"), ("GET", "/"), ("OPTIONS", f"/{BUCKET}/x")],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, {"Authorization": "AWS object-store:itself"}, {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}])
def test_what_is_not_signed_is_refused(url: str, method: str, path: str, headers: dict[str, str]) -> None:
    answer = httpx.request(method, url + path, headers=headers, content=b"x" * 10)
    assert answer.status_code == 403


def test_an_address_that_was_signed_opens_one_object_for_its_time(url: str) -> None:
    store = s3(url)
    store.put_object(Bucket=BUCKET, Key="signed object", Body=CONTENT)

    def address(seconds: int) -> str:
        return str(store.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "signed object"}, ExpiresIn=seconds))

    assert httpx.get(address(60)).content == CONTENT
    assert httpx.get(address(60).replace("signed%20object", "another")).status_code == 403
    assert httpx.put(address(60), content=b"other").status_code == 403
    assert httpx.get(address(60).replace("X-Amz-Expires=60", "X-Amz-Expires=61")).status_code == 403
    assert httpx.get(address(0)).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://elsewhere.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_web_pages_are_refused_even_with_a_signed_address(url: str, headers: dict[str, str]) -> None:
    signed = s3(url).generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "x"}, ExpiresIn=60)
    assert httpx.put(signed, content=b"x", headers=headers).status_code == 403
