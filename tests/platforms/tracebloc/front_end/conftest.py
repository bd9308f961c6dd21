"""A small checkout of a front end, whose Cypress is a script, and a platform that answers one request."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http_server import Answered, answering

STAND_IN = Path(__file__).parent / "checkout"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy with its Cypress where npm would put it."""
    folder = tmp_path / "front-end"
    shutil.copytree(STAND_IN, folder)
    program = folder / "node_modules" / ".bin" / "cypress"
    program.parent.mkdir(parents=True)
    shutil.copy(folder / "stand_in" / "cypress", program)
    return folder


@pytest.fixture
def platform_url() -> Iterator[str]:
    """Where something answers that it is healthy."""
    with answering(lambda asked: Answered(200 if asked.path == "/healthz" else 404)) as url:
        yield url
