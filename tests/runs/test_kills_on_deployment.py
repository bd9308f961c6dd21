"""A run that was killed on a deployment leaves nothing there after `ringmaster clean`; see `tests.runs.kills_on_deployment` for more."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from environments.remote.deployments import read_deployment
from tests.remote.contents import contents_of
from tests.runs.kills_on_deployment import NAME, deployment, make_bystanders, problems_of


@pytest.fixture(scope="module")
def variables() -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        Path(name).chmod(0o711)
        with deployment(Path(name)) as variables:
            make_bystanders(read_deployment(NAME))
            yield variables


@pytest.mark.parametrize("seen", [1, 6, 10])
def test_nothing_is_left_on_the_deployment_and_bystanders_are_untouched(seen: int, variables: Mapping[str, str]) -> None:
    before = contents_of(read_deployment(NAME))
    assert problems_of(seen, variables, before) == []
