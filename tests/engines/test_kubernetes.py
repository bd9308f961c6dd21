"""Shards as Jobs of a cluster: what is asked of the cluster, what pods get to know, and what is refused."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from environments.errors import SubstrateError
from support.commands.application import application
from support.commands.engine import OF_THE_ENGINE, forwarded
from support.engines.kubernetes import jobs, shard_pod
from support.engines.kubernetes.engine import KubernetesEngine, variables_for_pods
from support.engines.kubernetes.settings import EngineSettings

ROLE = Path(jobs.__file__).parent / "role.yaml"


def made_job(**settings: Any) -> Any:  # noqa: ANN401 - a manifest
    return jobs.job(
        "e2e-test-1", {"a": "b"}, "image:1", ["--substrate=none", "--shard", "2/4"], EngineSettings(**settings), common="e2e-test"
    )


def test_a_shards_pod_may_do_nothing_that_a_run_does_not_need() -> None:
    pod = made_job()["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def test_a_lost_pods_shard_is_begun_anew_soon_and_a_hanging_one_ended() -> None:
    spec = made_job(deadline_seconds=90)["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (3, 90)
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert {each["tolerationSeconds"] for each in spec["template"]["spec"]["tolerations"]} == {15}


def test_durations_that_are_too_many_are_cut_to_the_longest() -> None:
    seconds = {f"features/f.feature: scenario {number}": float(number) for number in range(30_000)}
    (text,) = jobs.durations("d", {}, seconds)["data"].values()
    known = json.loads(text)
    assert len(text) <= jobs.LARGEST_DURATIONS
    assert len(known) > 10_000
    assert min(known.values()) > max(set(seconds.values()) - set(known.values()))


def test_pods_get_settings_but_none_that_means_this_machine() -> None:
    given = {
        "RINGMASTER_CLIENT_ENV": "dev",
        "RINGMASTER_RESULTS_FOLDER": "/here",
        "RINGMASTER_LEDGER_FOLDER": "/here",
        "RINGMASTER_ENGINE_CPU": "1",
        "RINGMASTER_KIND_WORKERS": "1",
        "HOME": "/root",
    }
    assert variables_for_pods(given) == {"RINGMASTER_CLIENT_ENV": "dev"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CPUS", "1", "RINGMASTER_ENGINE_CPU"),
        ("PIECES", "0", "from 1 to 20"),
        ("PIECES", "many", "from 1 to 20"),
        ("DEADLINE_SECONDS", "-5", "from 1 to 86400"),
        ("KUBECONFIG", "/nowhere", "is not a file"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(SubstrateError, match=said):
        EngineSettings.from_environment({f"RINGMASTER_ENGINE_{name}": value})


def given_to_pods(*arguments: str) -> list[str]:
    command = application.commands["run"]
    context = command.make_context("run", list(arguments))
    with context:
        return list(forwarded(context, OF_THE_ENGINE))


def test_a_pod_is_given_what_the_command_was_given() -> None:
    given = ["--engine=kubernetes", "--shards=4", "--context=qa", "--tags=@p0", "--tags=not @serial", "--substrate=none", "--strict"]
    assert given_to_pods(*given, "--quiet", "features/a.feature", "features/b") == [
        "--tags=@p0", "--tags=not @serial", "--strict", "--substrate=none", "--quiet", "features/a.feature", "features/b",
    ]  # fmt: skip


def test_what_was_left_out_is_left_out_for_pods() -> None:
    assert given_to_pods("--engine", "kubernetes") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name a context of the kubeconfig with --context"),
        (["--context", "qa", "--keep", "always"], "--keep is for runs on this machine"),
        (["--context", "qa", "--shard", "1/2"], "--shard is for runs on this machine"),
    ],
)
def test_what_makes_no_sense_on_a_cluster_is_refused(arguments: list[str], said: str) -> None:
    ended = CliRunner().invoke(application, ["run", "--engine", "kubernetes", "--substrate", "none", *arguments])
    assert ended.exit_code == 2
    assert said in ended.output


def kubeconfig_of(folder: Path, name: str, server: str = "https://127.0.0.1:1") -> Path:
    cluster, context = {"name": "c", "cluster": {"server": server}}, {"name": name, "context": {"cluster": "c", "user": "u"}}
    file = folder / "kubeconfig"
    content = {"apiVersion": "v1", "kind": "Config", "clusters": [cluster], "contexts": [context], "users": [{"name": "u", "user": {}}]}
    file.write_text(yaml.safe_dump(content))
    return file


@pytest.mark.parametrize(
    ("name", "server"), [("prod-eu", "https://127.0.0.1:1"), ("qa", "https://k8s.production.example.org"), ("live", "https://127.0.0.1:1")]
)
def test_a_cluster_that_looks_like_production_is_refused(tmp_path: Path, name: str, server: str) -> None:
    settings = EngineSettings(kubeconfig=kubeconfig_of(tmp_path, name, server))
    with pytest.raises(SubstrateError, match="looks like production"):
        KubernetesEngine("r", name, settings, print)


def test_a_cluster_of_another_machine_will_do(tmp_path: Path) -> None:
    KubernetesEngine("r", "qa", EngineSettings(kubeconfig=kubeconfig_of(tmp_path, "qa", "https://qa.example.org")), print)


def test_the_results_of_a_run_are_packed_as_a_whole(tmp_path: Path) -> None:
    run = tmp_path / "20261127-060000-abcdef"
    run.mkdir()
    (run / "run.json").write_text("{}")
    (tmp_path / "latest").symlink_to(run.name)
    shard_pod.pack(tmp_path / "latest", tmp_path / "packed.tar.gz")
    with tarfile.open(tmp_path / "packed.tar.gz") as packed:
        assert packed.getnames() == ["run", "run/run.json"]


def test_the_role_that_is_shipped_stays_in_its_namespace() -> None:
    role = yaml.safe_load(ROLE.read_text())
    assert role["kind"] == "Role"
    assert not any("*" in rule[part] for rule in role["rules"] for part in ("apiGroups", "resources", "verbs"))
