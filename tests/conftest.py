"""What several folders of tests use."""

from collections.abc import Iterator
from pathlib import Path

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
