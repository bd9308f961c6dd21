"""Recording and playing what `requests` says, which is what the SDK speaks with."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from vcr.errors import CannotOverwriteExistingCassetteException

from support.platforms.tracebloc.cassettes.exchange import load
from support.platforms.tracebloc.cassettes.recorder import playing, recording
from tests.http_server import Answered, Asked, answering

BINARY = bytes(range(256))


def platform_says(asked: Asked) -> Answered:
    """Answers a form by its operation, and one file."""
    if asked.method == "GET":
        headers = {"Content-Type": "application/octet-stream", "Content-Disposition": 'attachment; filename="model_weights.pkl"'}
        return Answered(202, BINARY, headers)
    operation = "linking_dataset" if b"linking_dataset" in asked.body else "functional_test"
    said = json.dumps({"operation": operation, "token": "a-secret-token"}).encode()
    return Answered(202, said, {"Content-Type": "application/json; charset=utf-8", "Content-Disposition": "inline"})


@pytest.fixture
def platform() -> Iterator[str]:
    with answering(platform_says) as url:
        yield url


@pytest.fixture
def cassette(platform: str, tmp_path: Path) -> Path:
    """An upload, a link, and a file fetched by a link that needs no token."""
    with recording(tmp_path / "tape.yaml"):
        upload = {"model_name": "net", "type": "functional_test"}
        requests.post(f"{platform}/check-model/", data=upload, files={"upload_file": ("net.py", b"x = 1")}, timeout=5)
        requests.post(f"{platform}/check-model/", data={"type": "linking_dataset", "dataset_key": "d"}, timeout=5)
        requests.get(f"{platform}/file?X-Amz-Signature=secret", timeout=5)
        requests.get(f"{platform}/file?dataset=d", headers={"Authorization": "Bearer secret"}, timeout=5)
    return tmp_path / "tape.yaml"


def test_what_was_said_is_kept_without_secrets(cassette: Path) -> None:
    upload, link, foreign, own = load(cassette.read_text())
    assert upload.sent == {"model_name": "net", "type": "functional_test", "upload_file": "net.py"}
    assert (link.sent, link.status, link.content_type) == ({"type": "linking_dataset", "dataset_key": "d"}, 202, "application/json")
    assert link.body == {"operation": "linking_dataset", "token": "<redacted>"}
    assert (foreign.target, own.target) == ("/file", "/file?dataset=d")
    assert (own.body, own.file_name) == (BINARY, "model_weights.pkl")
    assert "127.0.0.1" not in cassette.read_text()


def test_it_is_played_by_operation_whatever_the_host_and_order(cassette: Path) -> None:
    with playing(cassette) as left_over:
        link = requests.post("http://elsewhere.test/check-model/", data={"type": "linking_dataset"}, timeout=5)
        upload = requests.post("http://elsewhere.test/check-model/", data={"type": "functional_test"}, files={"f": b""}, timeout=5)
        assert (link.json()["operation"], upload.json()["operation"]) == ("linking_dataset", "functional_test")
        assert left_over() == 2
        file = requests.get("http://elsewhere.test/file?dataset=d", timeout=5)
        assert (file.content, file.headers["Content-Disposition"]) == (BINARY, 'attachment; filename="model_weights.pkl"')
    assert left_over() == 1


def test_what_was_not_recorded_is_not_answered(cassette: Path) -> None:
    with playing(cassette):
        with pytest.raises(CannotOverwriteExistingCassetteException, match="recalculate|check-model"):
            requests.post("http://elsewhere.test/check-model/", data={"type": "recalculate_image_count_per_edge"}, timeout=5)
        requests.get("http://elsewhere.test/file", timeout=5)
        with pytest.raises(CannotOverwriteExistingCassetteException):
            requests.get("http://elsewhere.test/file", timeout=5)


def test_a_cassette_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("nonsense")
    with pytest.raises(ValueError, match="not a cassette"), playing(tmp_path / "broken.yaml"):
        pass
    with pytest.raises(FileNotFoundError), playing(tmp_path / "missing.yaml"):
        pass
