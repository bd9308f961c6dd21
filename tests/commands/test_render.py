"""What `ringmaster render` prints holds wherever it is brought up."""

import json
import sys
from pathlib import Path

import pytest

from environments.choose import platform_class
from environments.kind.chart import chart
from environments.platform import Platform
from environments.platforms.observatory.platform import PLATFORM
from environments.processes.variables import PROJECT_FOLDER
from support.commands.render import rendered

OF_THIS_MACHINE = {PROJECT_FOLDER, Path.cwd(), Path.home(), Path(sys.executable), Path(sys.prefix)} - {Path("/"), Path("/usr")}


@pytest.fixture(params=["tracebloc", "observatory"])
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """Each of the platforms, whatever is installed on this machine."""
    monkeypatch.setattr(PLATFORM, "why_not_running", None)
    return platform_class(request.param)({})


def test_nothing_of_the_machine_that_rendered_it_is_in_it(platform: Platform) -> None:
    files = {"compose": rendered(platform), **{place: json.dumps(content) for place, content in chart(platform).items()}}
    assert len(files) > len(platform.services())
    found = [(name, str(path)) for name, text in files.items() for path in OF_THIS_MACHINE if str(path) in text]
    assert found == []
