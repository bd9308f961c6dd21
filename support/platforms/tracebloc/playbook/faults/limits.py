"""Files and requests of just the size that the platform takes, and a little beyond. Source: our choice."""

import io
import re
import zipfile
from pathlib import Path

from environments.errors import WrongScenario
from environments.network.direct_http import direct_client
from support.platforms.tracebloc.scene import Scene

_NAMES = b'framework = "pytorch"\ncategory = "tabular_classification"\n'
_OTHER_FRAMEWORKS = {
    "a framework that is no text": b"framework = 1",
    "a framework that begins with half a letter": rb'framework = "\ud800torch"',
    "a framework that ends with half a letter": rb'framework = "py\udfff"',
}


def model_file(scene: Scene, described: str) -> Path:
    """A model file that is as the words of a feature say."""
    folder = scene.folder / "limits"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / ("model.zip" if "archive" in described else "model.py")
    file.write_bytes(_content(described))
    return file


def answer(scene: Scene, who: str, request: str) -> str:
    """What the platform says, in its own words."""
    body = _body(request)
    headers = {"Content-Type": "application/json"}
    if who != "nobody":
        headers["Authorization"] = f"Bearer {scene.person(who).backend.token}"
    with direct_client(scene.addresses.backend_url, timeout=30, headers=headers) as http:
        told = http.post("/use-cases/", content=body).json()
    return str(told.get("message") or told.get("detail"))


def _content(described: str) -> bytes:
    number = int(match[1]) if (match := re.search(r"(\d+)", described)) else 0
    if described.startswith("a source of"):
        return _padded(_NAMES, number)
    if described.startswith("a list of"):
        return _NAMES + b"numbers = [" + b"1," * number + b"]\n"
    if described.startswith("an archive of"):
        return _archive({"model.py": _NAMES} | {f"{each}.txt": b"" for each in range(1, number)})
    if described.startswith("an archive that unpacks to"):
        return _archive({"model.py": _NAMES, "more.py": _padded(b"", number - len(_NAMES))})
    if described == "an archive that ends in the middle":
        whole = _archive({"model.py": _NAMES})
        return whole[: len(whole) // 2]
    if described == "no Python":
        return _NAMES + b"this is no Python\n"
    if described in _OTHER_FRAMEWORKS:
        return _NAMES.replace(b'framework = "pytorch"', _OTHER_FRAMEWORKS[described])
    raise WrongScenario(f"there is no model file that is {described}")


def _body(request: str) -> bytes:
    number = match[1] if (match := re.search(r"(-?\d+)", request)) else "0"
    around = b'{"title": %s, "task": "tabular_classification"}'
    if request.startswith("a body of"):
        return around % (b'"' + b"a" * (int(number) - len(around % b'""')) + b'"')
    if request.startswith("lists in"):
        return around % (b"[" * int(number) + b"]" * int(number))
    if request.startswith("the number"):
        return around % request.removeprefix("the number ").encode()
    if request == "half a letter":
        return around % rb'"\ud800"'
    raise WrongScenario(f"there is no request that is {request}")


def _padded(beginning: bytes, size: int) -> bytes:
    return beginning + b"#" * (size - len(beginning))


def _archive(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()
