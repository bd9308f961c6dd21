"""What several folders of tests use."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from support.evidence.recorder import Recorder, use


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
