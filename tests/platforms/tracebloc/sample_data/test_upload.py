"""The unmodified SDK accepts the toy models: its checks run them, train them on made-up rows and average them, then upload the file."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import support.platforms.tracebloc.sample_data
from tests.http_server import Answered, Asked, answering

MODELS = Path(support.platforms.tracebloc.sample_data.__file__).parent / "models"
NAMES = sorted(path.stem for path in MODELS.glob("*.py"))


@pytest.fixture
def uploads() -> Iterator[tuple[str, list[bytes]]]:
    """A backend that accepts every upload: its URL, and the bodies it got."""
    received: list[bytes] = []

    def answer(asked: Asked) -> Answered:
        received.append(asked.body)
        return Answered(202, json.dumps({"text": "accepted", "check_status": True, "model_name": "stored"}).encode())

    with answering(answer) as url:
        yield url, received


@pytest.mark.filterwarnings("ignore:the load_module")  # the SDK's own
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore:torch.cuda.amp", "ignore:CUDA is not available")
@pytest.mark.parametrize("name", NAMES)
def test_the_sdk_uploads_the_model(
    name: str, uploads: tuple[str, list[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, received = uploads
    monkeypatch.setenv("TRACEBLOC_API_URL", url)
    monkeypatch.setenv("TRACEBLOC_TOKEN", "a-token")
    for file in MODELS.glob(f"{name}*"):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    from tracebloc import User

    from support.platforms.tracebloc.clients import vision

    vision.prepare_for(MODELS / f"{name}.py")
    User().upload_model(name)
    assert f"'{name}' upload successful" in capsys.readouterr().out
    [body] = received
    for file in MODELS.glob(f"{name}*"):
        assert file.read_bytes() in body
