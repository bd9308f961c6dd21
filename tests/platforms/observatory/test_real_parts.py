"""The project's own services take the place of the reference ones, by a command or as a checkout has them built."""

import os
import re
from pathlib import Path
from typing import Any, cast

import pytest

from environments.none import SUBSTRATE
from environments.platforms.observatory import contracts, real_parts
from environments.platforms.observatory.launch import address_of
from environments.platforms.observatory.platform import PLATFORM, Observatory
from environments.services import Program, PythonModule, ServiceSpec, Site
from environments.substrate import Substrate

PROJECT = Path(__file__).resolve().parents[3]
GATEWAY = ServiceSpec("gateway", PythonModule("gateway"), lambda _site: {}, ready_port="http", preload=("fastapi",))
PROCESSOR = GATEWAY._replace(name="processor")


def platform(**values: object) -> Observatory:
    """The platform, on a machine that has all it needs."""
    made = PLATFORM(values)
    made.__dict__["why_not_running"] = None
    return made


def why_missing(made: Observatory, capability: str) -> str | None:
    return made.why_missing(capability, cast("Substrate", SUBSTRATE))


def test_without_a_setting_nothing_is_the_projects_own() -> None:
    assert real_parts.commands({}) == {}
    assert why_missing(platform(), "servers") is None
    assert why_missing(platform(), "real.read-model") == (
        "the reference read model runs: name the project's own with --observatory-read-model"
    )


def test_a_checkout_gives_the_services_that_are_built_there(tmp_path: Path) -> None:
    proof = tmp_path / "src" / "services" / "gateway" / "dist" / "index.js"
    proof.parent.mkdir(parents=True)
    proof.touch()
    found = real_parts.commands({"observatory_checkout": tmp_path})
    assert found == {"gateway": ("env", f"--chdir={proof.parents[1]}", "node", "dist/index.js")}


def test_a_command_goes_before_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "src" / "services" / "processor").mkdir(parents=True)
    (tmp_path / "src" / "services" / "processor" / "main.py").touch()
    values: dict[str, Any] = {"observatory_checkout": tmp_path, "observatory_processor": real_parts.command("python3 'my main.py'")}
    assert real_parts.commands(values) == {"processor": ("python3", "my main.py")}


@pytest.mark.parametrize("given", ["", "   ", "node 'half", 7])
def test_what_is_no_command_is_refused_in_words(given: object) -> None:
    with pytest.raises(ValueError, match="it has to be a command"):
        real_parts.command(given)


def test_a_service_of_the_projects_runs_as_a_program() -> None:
    gateway, processor = real_parts.put_in([GATEWAY, PROCESSOR], {"gateway": ("node", "index.js")})
    assert isinstance(gateway.runs, Program)
    assert gateway.runs.command[-2:] == ("node", "index.js")
    assert (gateway.ready_port, gateway.preload) == ("http", ())
    assert processor is PROCESSOR


def test_a_service_that_listens_on_no_port_of_ours_is_ready_once_it_consumes() -> None:
    (processor,) = real_parts.put_in([PROCESSOR], {"processor": ("python3", "main.py")})
    assert isinstance(processor.runs, Program)
    assert processor.ready_port is None
    assert processor.runs.command[-4:] == ("--consumes", "jobs.created", "python3", "main.py")


def test_a_run_says_which_parts_were_real() -> None:
    made = platform(observatory_gateway=("node", "index.js"), observatory_mongod="/usr/bin/mongod")
    assert made.running(cast("Substrate", SUBSTRATE)).facts() == {
        "real parts": "RabbitMQ, PostgreSQL, Redis, MongoDB, gateway",
        "reference parts": "processor, metrics engine, read model, terminal server",
    }
    assert why_missing(made, "real.gateway") is None
    assert why_missing(made, "real.event-store") is None


def test_a_defect_is_met_where_the_part_that_has_it_is_the_projects_own() -> None:
    def met(defect: str, **values: object) -> bool:
        return platform(**values).running(cast("Substrate", SUBSTRATE)).may_have(defect)

    node = ("node", "index.js")
    assert met("errors-as-web-pages", observatory_gateway=node)
    assert not met("errors-as-web-pages", observatory_read_model=node)
    assert met("services-end-with-the-broker", observatory_metrics_engine=node)
    assert met("of-nobody-yet", observatory_read_model=node)
    assert not met("of-nobody-yet")


def test_each_known_defect_has_a_scenario_and_is_told_of() -> None:
    features = "".join(file.read_text(encoding="utf-8") for file in (PROJECT / "features" / "observatory").glob("*.feature"))
    told = re.findall(
        r"^\| `([a-z0-9-]+)` \| ([a-z, ]+) \|", (PROJECT / "docs" / "observatory.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    owners = {defect: tuple(owner.replace(" ", "_") for owner in whose.split(", ")) for defect, whose in told}
    assert set(re.findall(r"@upstream\.([a-z0-9-]+)", features)) == set(real_parts.KNOWN_DEFECTS)
    assert {defect: owners[defect] for defect in real_parts.KNOWN_DEFECTS} == real_parts.KNOWN_DEFECTS
    assert len(real_parts.KNOWN_DEFECTS) == 21


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("amqp://user:secret@127.0.0.1:5672", ("127.0.0.1", 5672)),
        ("postgresql://user:a%2Fb@127.0.0.1:5433/postgres?sslmode=disable", ("127.0.0.1", 5433)),
        ("127.0.0.1:6379", ("127.0.0.1", 6379)),
        ("mongodb://127.0.0.1:27017", ("127.0.0.1", 27017)),
    ],
)
def test_what_a_service_stands_on_is_read_from_its_variables(url: str, address: tuple[str, int]) -> None:
    assert address_of(url) == address


def test_a_service_of_the_projects_is_told_where_the_contracts_are() -> None:
    gateway, processor = real_parts.put_in([GATEWAY, PROCESSOR], {"gateway": ("node", "index.js")})
    site = cast("Site", None)
    assert gateway.variables(site) == {"CONTRACTS_PATH": str(contracts.FOLDER)}
    assert processor.variables(site) == {}


def test_the_projects_own_terminal_server_gets_a_program_that_it_can_run() -> None:
    spec = ServiceSpec("web_terminal", PythonModule("x"), lambda _site: {"PTY_HOST": "127.0.0.1", "PTY_WS_PORT": "8"}, ready_port="http")
    (own,) = real_parts.put_in([spec], {"web_terminal": ("./web-pty-server",)})
    assert own.runs == Program(("./web-pty-server",))
    variables = own.variables(cast("Site", None))
    assert set(variables) == {"PTY_TUI_BINARY", "PTY_WS_PORT"}
    assert os.access(variables["PTY_TUI_BINARY"], os.X_OK)


def test_its_page_is_not_looked_at_where_it_serves_none() -> None:
    made = platform(observatory_web_terminal=("./web-pty-server",))
    assert why_missing(made, "browser") == "the project's own terminal server serves no page: its nginx does"
    assert made.running(cast("Substrate", SUBSTRATE)).facts()["real parts"] == "RabbitMQ, PostgreSQL, Redis, terminal server"
