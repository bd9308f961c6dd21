"""The project's own services take the place of the reference ones by their images, on compose and on a cluster, and the run says so."""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from environments.compose.images import Images
from environments.compose.integration import integration_file
from environments.compose.making import ServiceMaker
from environments.compose.network import Network
from environments.compose.ownership import Owner
from environments.compose.rendering import compose_file
from environments.compose.site import ContainerSites
from environments.embedded.ports import Ports
from environments.errors import SubstrateError
from environments.kind.chart import chart
from environments.kind.cluster import image_name
from environments.platforms.observatory import real_parts
from environments.platforms.observatory.platform import PLATFORM, Observatory
from environments.substrate import Substrate

GATEWAY, PROCESSOR, TERMINAL = "registry.example.com/gateway:1.2", "local/processor", "terminal@sha256:" + "0" * 64
GIVEN = {"observatory_gateway_image": GATEWAY, "observatory_processor_image": PROCESSOR, "observatory_web_terminal_image": TERMINAL}


def platform(**values: object) -> Observatory:
    """The platform, on a machine that has all it needs."""
    made = PLATFORM({**values})
    made.__dict__["why_not_running"] = None
    return made


class Somewhere:
    """Stands for a substrate."""

    is_reference = True

    def __init__(self, *, runs_images: bool) -> None:
        self.runs_images = runs_images


def on(*, images: bool) -> Substrate:
    return cast("Substrate", Somewhere(runs_images=images))


def rendered(made: Observatory, folder: Path, services: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a run gives compose, and the files with variables that it names."""
    owner = Owner.of_containers()
    (folder / "variables").mkdir()
    network = Network(ipaddress.IPv4Network("10.201.0.0/16"))
    maker = ServiceMaker(made, {"ringmaster.run": "run-1"}, folder, Images("ours:1", "pods:1", "packages:1"), network, owner, 1.0)
    sites = ContainerSites(folder / "volumes", Ports(), None, {}, why_no_mounts=lambda: None)
    specs = list(made.services_in_containers())
    sites.make_room(specs, made.volumes(), made.secrets())
    containers = [maker.service(spec, sites, None).container for spec in specs if spec.name in services]
    files = {each.name: each.variables_file.read_text() for each in containers}
    return compose_file("project", containers, {}, init=True), files


def test_a_run_on_compose_runs_the_image_with_its_own_program_and_the_variables_as_its_environment(tmp_path: Path) -> None:
    file, variables = rendered(platform(**GIVEN), tmp_path, ["gateway", "processor", "read_model"])
    gateway, ours = file["services"]["gateway"], file["services"]["read_model"]
    assert (gateway["image"], gateway["pull_policy"]) == (GATEWAY, "missing")
    assert not {"command", "secrets", "healthcheck"} & gateway.keys()
    assert gateway["env_file"][0].endswith("gateway.env")
    assert "PORT='" in variables["gateway"]
    assert "RABBITMQ_URL='amqp://" in variables["gateway"]
    assert (gateway["read_only"], gateway["cap_drop"]) == (True, ["ALL"])
    assert (ours["image"], ours["pull_policy"]) == ("ours:1", "never")
    assert list(file["secrets"]) == ["read_model-variables"]
    assert json.loads(variables["read_model"])["PORT"]
    password = json.loads(variables["read_model"])["POSTGRES_URL"].partition(":")[2].partition("@")[0].rpartition(":")[2]
    assert password
    assert password not in json.dumps(file)


def test_the_file_for_people_has_the_image_and_no_program_of_ours() -> None:
    services = integration_file(platform(**GIVEN))["services"]
    assert services["gateway"]["image"] == f"${{IMAGE_GATEWAY:-{GATEWAY}}}"
    assert not {"command", "healthcheck"} & services["gateway"].keys()
    assert services["read-model"]["image"] == "${IMAGE_READ_MODEL:-${IMAGE_SERVICES:-ringmaster-services:latest}}"
    assert services["read-model"]["command"][:2] == ["python3", "-m"]


def test_the_chart_has_the_image_as_a_value_and_its_variables_as_its_environment() -> None:
    files = chart(platform(**GIVEN))
    assert files["values.yaml"]["images"] == {
        "services": "",
        "packages": "",
        "gateway": GATEWAY,
        "processor": PROCESSOR,
        "web_terminal": TERMINAL,
    }
    secret, _, deployment = files["templates/gateway.yaml"]
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "{{ .Values.images.gateway }}"
    assert "command" not in container
    assert container["envFrom"] == [{"secretRef": {"name": "gateway"}}]
    assert secret["stringData"]["PORT"] == str(container["ports"][0]["containerPort"])
    assert "variables" not in {each["name"] for each in [*container["volumeMounts"], *pod["volumes"]]}
    # it listens on a port that nobody tells it, so it is ready as soon as it runs
    (processor,) = files["templates/processor.yaml"][-1]["spec"]["template"]["spec"]["containers"]
    assert "startupProbe" not in processor
    (ours,) = files["templates/read-model.yaml"][-1]["spec"]["template"]["spec"]["containers"]
    assert ours["image"] == "{{ .Values.images.services }}"
    assert ours["command"]


@pytest.mark.parametrize(
    ("images", "real", "reference"),
    [
        (True, "gateway (registry.example.com/gateway:1.2)", "read model"),
        (False, "metrics engine", "gateway"),
    ],
)
def test_every_run_says_which_parts_were_real(images: bool, real: str, reference: str) -> None:
    made = platform(**GIVEN, observatory_metrics_engine=("./metrics-engine",))
    facts = made.running(on(images=images)).facts()
    assert real in facts["real parts"].split(", ")
    assert reference in facts["reference parts"].split(", ")


def test_a_known_defect_is_met_where_the_image_or_the_command_of_its_part_runs() -> None:
    made = platform(**GIVEN, observatory_metrics_engine=("./metrics-engine",))
    met = {
        where: [made.running(on(images=where)).may_have(each) for each in ("first-problem-only", "duplicates-counted-twice")]
        for where in (True, False)
    }
    assert met == {True: [True, False], False: [False, True]}


def test_what_needs_a_real_part_runs_where_its_image_does(tmp_path: Path) -> None:
    made = platform(**GIVEN)
    assert made.why_missing("real.gateway", on(images=True)) is None
    assert made.why_missing("real.gateway", on(images=False)) == (
        "the reference gateway runs: name the project's own with --observatory-gateway"
    )
    assert made.why_missing("real.read-model", on(images=True)) == (
        "the reference read model runs: name the project's own with --observatory-read-model-image"
    )
    assert str(made.why_missing("browser", on(images=True))).startswith("the project's own terminal server serves no page")


def test_a_server_that_a_scenario_adds_runs_in_the_image_too() -> None:
    made = platform(**GIVEN)
    (terminal,) = (spec for spec in made.services() if spec.name == "web_terminal")
    (own,) = made.with_own_parts(on(images=True), [terminal])
    assert (own.image, own.ready_port) == (TERMINAL, "http")
    assert made.with_own_parts(on(images=False), [terminal]) == (terminal,)


@pytest.mark.parametrize("given", ["", "Gateway", "gate way", "-x", "gateway:", "gateway;rm", "https://registry/gateway", 7, None])
def test_what_is_no_image_is_refused_in_words(given: object) -> None:
    with pytest.raises(ValueError, match="it has to be the name of an image"):
        real_parts.image(given)


@pytest.mark.parametrize(
    "given", ["gateway", "gateway:Latest", "localhost:5000/team/gateway:1.2_a", GATEWAY, TERMINAL, f"{GATEWAY}@sha256:{'a' * 64}"]
)
def test_what_is_an_image_is_taken(given: str) -> None:
    assert real_parts.image(given) == given


@pytest.mark.parametrize("value", ["it's", "a\nb"])
def test_what_no_file_for_an_image_can_have_is_said(value: str, tmp_path: Path) -> None:
    made = platform(**GIVEN)

    def variables() -> Mapping[str, str]:
        return {"ODD": value}

    made.variables = variables  # type: ignore[method-assign]
    with pytest.raises(SubstrateError, match="the variable ODD has a quote or a new line in it"):
        rendered(made, tmp_path, ["gateway"])


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("ours:1", "docker.io/library/ours:1"),
        (PROCESSOR, f"docker.io/{PROCESSOR}"),
        (GATEWAY, GATEWAY),
        ("localhost/gateway:1", "localhost/gateway:1"),
        ("registry:5000/gateway:1", "registry:5000/gateway:1"),
    ],
)
def test_nodes_know_an_image_by_its_whole_name(image: str, name: str) -> None:
    assert image_name(image) == name
