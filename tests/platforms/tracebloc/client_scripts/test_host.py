"""The machine that installer scripts run on, tried with a small tree of scripts that call the same tools in the same way."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from support.platforms.tracebloc.client_scripts.checkout import BOOTSTRAP, INSTALLER, NoClientCheckout, client_checkout
from support.platforms.tracebloc.client_scripts.host import Ended, Host, ScriptHangs, Trouble, why_not
from support.platforms.tracebloc.client_scripts.telemetry import read

CHECKOUT = Path(__file__).parent / "checkout"
PASSWORD = "a-password-of-nobody"
CREDENTIALS = {"TRACEBLOC_CLIENT_ID": "client-1", "TRACEBLOC_CLIENT_PASSWORD": PASSWORD}

Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a script of the small tree on a machine of its own."""
    if reason := why_not():
        pytest.skip(reason)

    def run_script(trouble: Trouble = Trouble.NONE, script: Path = INSTALLER, *arguments: str, **variables: str) -> Ended:
        host = Host(tmp_path / "machine", client_checkout(CHECKOUT), trouble)
        return host.run(script, CREDENTIALS | variables, arguments)

    return run_script


def script_tree(folder: Path, installer: str) -> Path:
    """A checkout whose installer is this text."""
    (folder / "scripts").mkdir(parents=True)
    (folder / "client").mkdir()
    (folder / "client" / "Chart.yaml").write_text("name: client\n")
    (folder / "scripts" / "install.sh").write_text("exit 0\n")
    (folder / "scripts" / "install-k8s.sh").write_text(installer)
    return client_checkout(folder)


@pytest.mark.parametrize(
    ("trouble", "exit_code", "phase", "error", "client_state"),
    [
        (Trouble.NONE, 0, "connect", None, "connected"),
        (Trouble.CREDENTIALS_REFUSED, 1, "helm", "helm_install_failed", None),
        (Trouble.ACCOUNT_NOT_ACTIVE, 1, "helm", "helm_install_failed", None),
        (Trouble.PLATFORM_UNAVAILABLE, 0, "connect", None, "connected"),
        (Trouble.PLATFORM_UNREACHABLE, 1, "preflight", "preflight_failed", None),
        (Trouble.CLUSTER_NOT_CREATED, 1, "cluster", "cluster_create_failed", None),
        (Trouble.CHART_CANNOT_BE_INSTALLED, 1, "helm", "helm_install_failed", None),
        (Trouble.NEVER_READY, 0, "connect", None, "starting"),
        (Trouble.CREDENTIALS_WRONG_IN_THE_CLUSTER, 1, "connect", "bad_credentials", "bad_creds"),
        (Trouble.IMAGE_CANNOT_BE_PULLED, 1, "connect", "image_pull_failed", "image_pull"),
        (Trouble.CONTAINER_CRASHES, 1, "connect", "crash_loop", "crash"),
    ],
)
def test_each_trouble_shows_where_it_should(
    run: Run, trouble: Trouble, exit_code: int, phase: str, error: str | None, client_state: str | None
) -> None:
    ended = run(trouble)
    (event,) = ended.events
    assert (ended.exit_code, event.phase, event.error, event.client_state) == (exit_code, phase, error, client_state), ended.output
    assert event.name == ("install.run.failed" if exit_code else "install.run.succeeded")
    assert event.environment == "dev"


def test_every_call_is_listed_with_its_arguments_and_no_secret(run: Run) -> None:
    ended = run()
    assert ended.calls[0] == ["docker", "info", "--format", "{{.NCPU}}"]
    (check,) = [call for call in ended.calls_of("curl") if call[-1].endswith("/api-token-auth/")]
    assert "password@-" in check
    assert PASSWORD not in str(ended.calls)


def test_an_event_from_before_the_data_folder_is_found_too(run: Run) -> None:
    ended = run(CLUSTER_NAME="9bad")
    assert [(event.name, event.phase, event.error) for event in ended.events] == [("install.run.failed", "bootstrap", "bootstrap_failed")]


def test_a_run_that_tells_nothing_has_no_event(run: Run) -> None:
    ended = run(Trouble.NONE, INSTALLER, "--help")
    assert (ended.exit_code, ended.events, ended.calls) == (0, [], [])


@pytest.mark.parametrize(
    ("trouble", "printed", "not_printed"),
    [
        (Trouble.NONE, "from the checkout", "altered"),
        (Trouble.SCRIPT_ALTERED_ON_THE_WAY, "# altered", "healthy"),
        (Trouble.RELEASE_WITHOUT_SIGNATURE, "scripts/lib/common.sh", "healthy"),
        (Trouble.SET_UP_ALREADY, "healthy", "altered"),
    ],
)
def test_what_is_fetched_comes_out_of_the_checkout(run: Run, trouble: Trouble, printed: str, not_printed: str) -> None:
    ended = run(trouble, BOOTSTRAP)
    assert ended.exit_code == 0, ended.output
    assert printed in ended.output
    assert not_printed not in ended.output


def test_a_script_reaches_no_network_no_terminal_and_no_file_but_its_own(run: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.touch()
    attack = f"""
(echo > /dev/tcp/127.0.0.1/22) 2>/dev/null && echo "NETWORK"
(: < /dev/tty) 2>/dev/null && echo "TERMINAL"
for place in {outside} {outside}-new /etc/tracebloc /usr/local/sbin/new "$HOME/.bashrc"; do
  (echo x > "$place") 2>/dev/null && echo "WRITTEN $place"
done
env
"""
    host = Host(tmp_path / "machine", script_tree(tmp_path / "tree", attack))
    output = host.run(INSTALLER, {}).output
    assert "NETWORK" not in output
    assert "TERMINAL" not in output
    assert [line for line in output.splitlines() if line.startswith("WRITTEN")] == [f"WRITTEN {host.home}/.bashrc"]
    assert outside.read_text() == ""
    assert "RINGMASTER" not in output
    assert f"HOME={host.home}" in output


def test_a_script_that_hangs_is_ended_with_all_it_started(run: Run, tmp_path: Path) -> None:
    held = tmp_path / "machine" / "home" / "held"
    host = Host(
        tmp_path / "machine", script_tree(tmp_path / "tree", 'echo "began"\n(exec 9> "$HOME/held"; flock 9; tail -f /dev/null) &\nwait\n')
    )
    with pytest.raises(ScriptHangs, match="began"):
        host.run(INSTALLER, {}, patience=0.02)
    import fcntl

    with held.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_line_that_is_no_event_is_not_passed_over(tmp_path: Path) -> None:
    spool = tmp_path / ".tracebloc" / "telemetry" / "pending.jsonl"
    spool.parent.mkdir(parents=True)
    spool.write_text("not an event\n")
    with pytest.raises(ValueError, match="Expecting value"):
        read(tmp_path, tmp_path)
    spool.write_text(json.dumps({"resource": {"deployment.environment": "dev"}, "attributes": {"event.name": "x"}}))
    with pytest.raises(ValueError, match="phase"):
        read(tmp_path, tmp_path)


def test_a_folder_that_is_no_checkout_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(NoClientCheckout, match="is not a folder"):
        client_checkout(tmp_path / "nowhere")
    with pytest.raises(NoClientCheckout, match=r"has no scripts/install-k8s.sh, scripts/install.sh, client/Chart.yaml"):
        client_checkout(tmp_path)
    assert client_checkout(CHECKOUT) == CHECKOUT
