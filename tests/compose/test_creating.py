"""A container that Docker's API makes is the one that compose would make of the same description."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from environments.compose.creating import configuration
from environments.compose.engine import Engine
from environments.compose.rendering import Container, compose_file
from environments.compose.settings import ComposeSettings
from environments.left_overs.containers import RUN_LABEL, remove_containers
from environments.services import Program, Resources
from tests.compose.conftest import new_run

NOT_THE_SAME = {
    "HostConfig": {"Binds", "Mounts", "NetworkMode", "ConsoleSize", "ExtraHosts"},
    "Config": {"Hostname", "Healthcheck", "Labels", "AttachStdout", "AttachStderr", "StopTimeout", "OnBuild"},
}
"""What two containers never share, or what compose says in other words; mounts, labels and networks are compared below."""


@pytest.mark.parametrize("runs", [Program(("sh", "-c", "echo $HOME; exec sleep 60")), None], ids=["ours", "an image's own"])
def test_compose_and_the_api_make_the_same_container(engine: Engine, tmp_path: Path, runs: Program | None) -> None:
    run, project = new_run(), f"e2e-test-same-{tmp_path.name[-8:].strip('_')}"
    variables = tmp_path / "variables"
    variables.write_text("{}" if runs else "NAME='a $value'\n")
    base = str(engine.api.inspect_image(ComposeSettings.from_environment().base_image)["Id"])
    container = Container(
        name="keeper",
        image=base,
        runs=runs,
        user="65532:65532",
        variables_file=variables,
        labels={RUN_LABEL: run},
        resources=Resources(0.5, 64),
        ports=(_free_port(),),
        mounts=frozenset({tmp_path}),
        read_only_mounts=frozenset({Path("/opt")}),
    )
    file = tmp_path / "compose.json"
    file.write_text(json.dumps(compose_file(project, [container], {"labels": {RUN_LABEL: run}}, init=False)))
    try:
        engine.run("compose", "--project-name", project, "--file", str(file), "up", "--no-start")
        made = engine.api.create_container_from_config(configuration(container, f"{project}_platform", init=False), f"{project}-by-api")
        listed = engine.api.containers(all=True, filters={"label": f"{RUN_LABEL}={run}"})
        (theirs,) = [found["Id"] for found in listed if found["Id"] != made["Id"]]
        assert _described(engine, made["Id"]) == _described(engine, theirs)
    finally:
        remove_containers(run)


def _described(engine: Engine, identity: str) -> dict[str, Any]:
    found = engine.api.inspect_container(identity)
    described: dict[str, Any] = {
        part: {name: value or None for name, value in found[part].items() if name not in left_out}
        for part, left_out in NOT_THE_SAME.items()
    }
    described["mounts"] = sorted((mount["Type"], mount["Source"], mount["Destination"], mount["RW"]) for mount in found["Mounts"])
    described["aliases"] = {name: "keeper" in network["Aliases"] for name, network in found["NetworkSettings"]["Networks"].items()}
    described["run"] = found["Config"]["Labels"][RUN_LABEL]
    described["grace"] = found["Config"]["StopTimeout"]
    return described


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
