"""Every command refuses a deployment that may not be asked before it asks, and says in a sentence what is wrong with another one."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runs.conftest import Outcome, Ringmaster, assert_refused

FEATURE = "features/tracebloc/ring1_in_process/client_queue_keys.feature"
OF_ANOTHER_PLATFORM = "features/observatory"
WRONG = "platform = ["


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Where a deployment would be asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture
def deployments(tmp_path: Path) -> Path:
    folder = tmp_path / "deployments"
    folder.mkdir(mode=0o700)
    return folder


def describe(deployments: Path, name: str, server: socket.socket) -> None:
    file = deployments / f"{name}.toml"
    file.touch(mode=0o600)
    addresses = [f'"{place}" = "127.0.0.1:{server.getsockname()[1]}"' for place in ("backend:http", "service_bus:amqp")]
    file.write_text("\n".join(['platform = "tracebloc"', "[addresses]", *addresses]))


def was_asked(server: socket.socket) -> bool:
    try:
        server.accept()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", FEATURE, "--substrate", "remote", "--deployment", "eu-prod"],
        ["run", FEATURE, "--list", "--substrate", "remote", "--deployment", "eu-prod"],
        ["status"],
        ["status", "eu-prod"],
        ["drift", "eu-prod", FEATURE],
        ["parity", "embedded", "remote", FEATURE, "--deployment", "eu-prod"],
        ["doctor", "--substrate", "remote"],
    ],
)
def test_production_is_refused_by_every_command_before_it_is_asked(
    arguments: list[str], ringmaster: Ringmaster, deployments: Path, listener: socket.socket
) -> None:
    describe(deployments, "eu-prod", listener)
    outcome = ringmaster(*arguments, RINGMASTER_DEPLOYMENT="eu-prod", RINGMASTER_ALLOWED_DEPLOYMENTS="eu-prod")
    assert_refused(outcome, 2, "'eu-prod' looks like production ('prod'")
    # nobody waits for the reference to have run first
    assert "Runs the same scenarios" not in outcome.output
    assert not was_asked(listener)


def test_no_platform_is_kept_under_a_name_that_no_run_would_accept(ringmaster: Ringmaster, deployments: Path) -> None:
    assert_refused(ringmaster("up", "tracebloc", "--name", "prod", RINGMASTER_CLIENT_ENV="dev"), 2, "'prod' looks like production ('prod')")
    assert not list(deployments.iterdir())


def test_a_wrong_file_hides_no_other_deployment(ringmaster: Ringmaster, deployments: Path, listener: socket.socket) -> None:
    describe(deployments, "well", listener)
    (deployments / "broken.toml").touch(mode=0o600)
    (deployments / "broken.toml").write_text(WRONG)
    told = ringmaster("status")
    assert_refused(told, 2, "broken.toml cannot be read")
    assert "well: tracebloc, up" in told.output
    assert_refused(ringmaster("down", "--all"), 2, "broken.toml cannot be read")


def test_a_service_that_is_called_otherwise_is_missed_at_once(ringmaster: Ringmaster, deployments: Path, listener: socket.socket) -> None:
    describe(deployments, "staging", listener)
    file = deployments / "staging.toml"
    file.write_text(file.read_text().replace("service_bus:", "servicebus:"))
    outcome = ringmaster("run", FEATURE, "--substrate", "remote", "--deployment", "staging", RINGMASTER_CLIENT_ENV="dev")
    assert_refused(outcome, 2, 'has to name "service_bus:amqp"; it names "backend:http", "servicebus:amqp"')
    assert not was_asked(listener)


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_the_doctor_says_which_deployment_it_would_need(name: str, ringmaster: Ringmaster) -> None:
    outcome = ringmaster("doctor", "--substrate", "remote", RINGMASTER_DEPLOYMENT=name)
    assert_refused(outcome, 2, "there is no deployment 'nowhere'" if name else "needs the name of a deployment")


def test_the_doctor_looks_at_the_deployments_own_platform(ringmaster: Ringmaster, deployments: Path, listener: socket.socket) -> None:
    describe(deployments, "staging", listener)
    outcome = ringmaster("doctor", "--substrate", "remote", RINGMASTER_DEPLOYMENT="staging", RINGMASTER_CLIENT_ENV="dev")
    assert "Substrate remote" in outcome.output, outcome.output
    assert not was_asked(listener)


def test_what_is_of_another_platform_is_left_out_with_the_reason(
    ringmaster: Ringmaster, deployments: Path, listener: socket.socket
) -> None:
    describe(deployments, "staging", listener)

    def listed(*features: str) -> Outcome:
        arguments = ("--list", "--substrate", "remote", "--deployment", "staging")
        return ringmaster("run", *features, *arguments, RINGMASTER_CLIENT_ENV="dev")

    both = listed(FEATURE, OF_ANOTHER_PLATFORM)
    assert both.exit_code == 0, both.output
    assert "needs the platform observatory: this run is on 'staging', which has it not (substrate remote)" in both.output
    # a green run would say that they passed
    assert_refused(
        listed(OF_ANOTHER_PLATFORM), 2, "is of the platform tracebloc, and what is selected is of observatory: select features of"
    )


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--json", "nowhere/found.json"), "nowhere/found.json cannot be written: No such file or directory"),
        (("--known", "knwon.toml"), "there is no knwon.toml with known differences"),
    ],
)
def test_a_comparison_that_could_not_be_told_is_not_made(option: tuple[str, str], words: str, ringmaster: Ringmaster) -> None:
    outcome = ringmaster("parity", "embedded", "embedded", FEATURE, *option, RINGMASTER_CLIENT_ENV="dev")
    assert_refused(outcome, 2, words)
    assert "embedded:" not in outcome.output
