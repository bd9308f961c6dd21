"""What several folders of tests use."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from support.evidence.recorder import Recorder, use

TESTS = Path(__file__).parent
TOGETHER = {
    "containers": ("compose", "engines", "kind"),
    "service bus": ("service_bus",),
    "backend": ("platforms/tracebloc/backend",),
    "edge": ("platforms/tracebloc/edge",),
    "averaging": ("platforms/tracebloc/averaging",),
    "reports": ("reports",),
}
"""Folders whose tests share a costly start, or look at all containers of this machine; their names begin so."""


@pytest.fixture
def evidence(tmp_path: Path) -> Iterator[Recorder]:
    """The evidence of a scenario that runs as long as the test."""
    recorder = Recorder(tmp_path / "scenario")
    use(recorder)
    yield recorder
    use(None)
    recorder.close()


@pytest.fixture(scope="session", autouse=True)
def _hang_up_ends_what_tests_start() -> None:
    """Under nohup it would be ignored, as it should, by everything that is started here."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _variables_as_before() -> Iterator[None]:
    """How a deployment is reached stands in variables, and is no other test's business."""
    with mock.patch.dict(os.environ):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run on several processes, keep a file on one of them, and so what TOGETHER lists."""
    for item in items:
        folder = item.path.relative_to(TESTS).parent.as_posix()
        group = next((group for group, folders in TOGETHER.items() if folder.startswith(folders)), item.path.as_posix())
        item.add_marker(pytest.mark.xdist_group(group))
