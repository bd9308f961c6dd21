"""The chart of a platform's own services: no secret in it, each service with little power, and helm takes it where helm is."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from environments.kind.chart import chart
from support.commands.render import render
from tests.compose.platform import Small


@pytest.fixture
def files() -> dict[str, Any]:
    """The chart of the small platform."""
    return chart(Small({}))


def test_each_service_is_in_it_and_reaches_the_others_by_their_names(files: dict[str, Any]) -> None:
    kinds = [each["kind"] for each in files["templates/bus.yaml"]]
    assert kinds == ["Secret", "Service", "Deployment"]
    service, bus = files["templates/bus.yaml"][1], files["templates/bus.yaml"][2]
    assert service["spec"]["selector"] == bus["spec"]["template"]["metadata"]["labels"]
    assert [port["port"] for port in service["spec"]["ports"]] == [8000, 8001]


def test_secrets_are_values_that_have_to_be_given(files: dict[str, Any]) -> None:
    assert files["values.yaml"]["secrets"] == {"key": ""}
    assert ".Values.secrets.key" in files["templates/keeper.yaml"][0]["stringData"]["variables"]
    assert 'required "set secrets.key"' in files["templates/required.yaml"]


def test_nothing_of_a_node_is_in_it(files: dict[str, Any]) -> None:
    pod = files["templates/keeper.yaml"][-1]["spec"]["template"]["spec"]
    assert not [volume for volume in pod["volumes"] if "hostPath" in volume]
    assert pod["securityContext"]["runAsNonRoot"]


def test_it_is_written_to_a_folder_and_over_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "chart"
    told = CliRunner().invoke(render, ["chart", "--platform", "tracebloc", "--to", str(folder)])
    assert told.exit_code == 0, told.output
    assert yaml.safe_load((folder / "Chart.yaml").read_text())["name"] == "ringmaster-tracebloc"
    assert CliRunner().invoke(render, ["chart", "--platform", "tracebloc", "--to", str(folder)]).exit_code == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    for arguments in (["--to", str(tmp_path / "other")], []):
        refused = CliRunner().invoke(render, ["chart", "--platform", "tracebloc", *arguments])
        assert refused.exit_code == 2, refused.output


def test_helm_takes_it_and_refuses_it_without_secrets(tmp_path: Path) -> None:
    if shutil.which("helm") is None:
        pytest.skip("NOT TESTED, since helm is not installed")
    CliRunner().invoke(render, ["chart", "--platform", "tracebloc", "--to", str(tmp_path / "chart")])
    command = ["helm", "template", "try", str(tmp_path / "chart")]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "set secrets." in refused.stderr
    names = yaml.safe_load((tmp_path / "chart" / "values.yaml").read_text())["secrets"]
    values = [f"--set=secrets.{name}=x" for name in names] + ["--set=images.services=a:1", "--set=images.packages=b:1"]
    rendered = subprocess.run([*command, *values], capture_output=True, text=True, check=True).stdout
    made = [each for each in yaml.safe_load_all(rendered) if each]
    assert {each["kind"] for each in made} == {"ServiceAccount", "Secret", "Service", "Deployment"}
    images = {each["spec"]["template"]["spec"]["containers"][0]["image"] for each in made if each["kind"] == "Deployment"}
    assert images == {"a:1", "b:1"}
