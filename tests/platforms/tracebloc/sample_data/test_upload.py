"""The unmodified SDK accepts the toy models: its checks run them, train them on made-up rows and average them, then upload the file."""

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import support.platforms.tracebloc.sample_data

MODELS = Path(support.platforms.tracebloc.sample_data.__file__).parent / "models"
NAMES = sorted(path.stem for path in MODELS.glob("*.py"))


@pytest.fixture
def uploads() -> Iterator[tuple[str, list[bytes]]]:
    """A backend that accepts every upload: its URL, and the bodies it got."""
    received: list[bytes] = []

    class Backend(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps({"text": "accepted", "check_status": True, "model_name": "stored"}).encode()
            self.send_response(202)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", received
    server.shutdown()
    server.server_close()


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
