"""Every security invariant of a spawned Job. Source: tracebloc client chart 1.9.62, docs/SECURITY.md §4 and §7."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from environments.platforms.tracebloc.jobs_manager.manifests import EMPTY_FOLDERS, resources, training_job
from environments.platforms.tracebloc.jobs_manager.names import ingestion_job_name, scoring_job_name, shortened, training_job_name
from environments.platforms.tracebloc.jobs_manager.settings import Settings
from tests.platforms.tracebloc.edge.conftest import score_submission, train_cycle

DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def settings(**changes: Any) -> Settings:
    values: dict[str, Any] = {
        "backend_url": "http://127.0.0.1:1",
        "client_id": "client-1",
        "client_password": "the client's password",
        "http_port": 1,
        "client_env": "dev",
        "ingestion_token": "the ingestion token",
        "pod_token_signing_secret": "the signing secret",
        "requests_proxy_url": "http://requests-proxy-service:8888",
        "database_url": "sqlite:////data/edge.sqlite",
        "shared_folder": Path("/data/shared"),
    }
    return Settings(**(values | changes))


def manifest(category: str = "tabular_classification", **changes: Any) -> dict[str, Any]:
    return training_job(train_cycle("abc", category=category), "the-pod-token", settings(**changes))


def pod_of(job: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = job["spec"]["template"]["spec"]
    return pod


def container_of(job: dict[str, Any]) -> dict[str, Any]:
    (container,) = pod_of(job)["containers"]
    assert isinstance(container, dict)
    return container


def environment_of(job: dict[str, Any]) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container_of(job)["env"] if "value" in variable}


def test_the_pod_gets_no_service_account_token() -> None:
    assert pod_of(manifest())["automountServiceAccountToken"] is False


def test_the_pod_runs_as_a_user_of_the_images_choice_that_is_not_root() -> None:
    context = pod_of(manifest())["securityContext"]
    assert context["runAsNonRoot"] is True
    assert "runAsUser" not in context
    assert "runAsUser" not in container_of(manifest())["securityContext"]


def test_the_pod_runs_under_the_runtimes_seccomp_profile() -> None:
    assert pod_of(manifest())["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}


def test_the_container_has_no_privilege_and_no_capability() -> None:
    context = container_of(manifest())["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert "privileged" not in context


def test_the_shared_volume_is_read_only() -> None:
    mount = next(mount for mount in container_of(manifest())["volumeMounts"] if mount["name"] == "shared-volume")
    assert mount == {"name": "shared-volume", "mountPath": "/data/shared", "readOnly": True}


def test_requests_equal_limits_and_are_the_configured_ones() -> None:
    found = container_of(manifest(resource_requests="cpu=2,memory=3Gi", resource_limits="memory=3Gi, cpu=2"))["resources"]
    assert found["requests"] == found["limits"] == {"cpu": "2", "memory": "3Gi"}


def test_unequal_requests_and_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="have to be equal"):
        resources("cpu=1,memory=1Gi", "cpu=2,memory=1Gi", "")


def test_there_is_no_gpu_unless_one_is_configured() -> None:
    assert "nvidia.com/gpu" not in container_of(manifest())["resources"]["limits"]
    assert container_of(manifest(gpu_limits="nvidia.com/gpu=1"))["resources"]["limits"]["nvidia.com/gpu"] == "1"


def test_the_workload_label_is_on_the_pod_and_not_on_the_job() -> None:
    job = manifest()
    assert job["metadata"]["labels"] == {"app": "client"}
    labels = job["spec"]["template"]["metadata"]["labels"]
    assert labels["tracebloc.io/workload"] == "training"
    assert labels["tracebloc.io/kind"] == "train"
    assert (labels["tracebloc.io/experiment"], labels["tracebloc.io/cycle"], labels["tracebloc.io/attempt"]) == ("abc", "1", "1")


def test_nothing_of_the_host_is_in_the_pod() -> None:
    pod = pod_of(manifest())
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert all("hostPath" not in volume for volume in pod["volumes"])


@pytest.mark.parametrize("category", ["tabular_classification", "tabular_regression", "text_classification"])
def test_the_root_is_read_only_with_empty_folders_to_write_to(category: str) -> None:
    job = manifest(category)
    container = container_of(job)
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    empty = {volume["name"] for volume in pod_of(job)["volumes"] if "emptyDir" in volume}
    assert {mounts[path] for path in EMPTY_FOLDERS.values()} == empty
    assert environment_of(job)["EXPERIMENT_SCRATCH_PATH"] == "/data/scratch"


def test_the_other_categories_keep_a_writable_root() -> None:
    job = manifest("image_classification")
    assert "readOnlyRootFilesystem" not in container_of(job)["securityContext"]
    assert "EXPERIMENT_SCRATCH_PATH" not in environment_of(job)


def test_no_secret_of_the_edge_reaches_the_pod() -> None:
    text = json.dumps(manifest())
    assert "the-pod-token" in text
    for secret in ("the signing secret", "the client's password", "the ingestion token", "Endpoint=sb://"):
        assert secret not in text
    assert not {"POD_TOKEN_SIGNING_SECRET", "CLIENT_PASSWORD"} & set(environment_of(manifest()))


def test_the_image_comes_from_the_configured_host() -> None:
    assert container_of(manifest(job_image_host="registry.test/"))["image"].startswith("registry.test/")
    assert container_of(manifest())["image"].startswith("docker.io/")


def test_the_pull_secret_is_the_configured_one_or_absent() -> None:
    assert "imagePullSecrets" not in pod_of(manifest())
    assert pod_of(manifest(image_pull_secret_name="regcred"))["imagePullSecrets"] == [{"name": "regcred"}]


def test_a_training_pod_is_told_all_it_needs() -> None:
    environment = environment_of(manifest())
    assert environment["REQUESTS_PROXY_TOKEN"] == "the-pod-token"
    assert environment["REQUESTS_PROXY_URL"] == "http://requests-proxy-service:8888"
    assert environment["DATABASE_URL"] == "sqlite:////data/edge.sqlite"
    assert environment["SHARED_FOLDER"] == "/data/shared"
    assert environment["POD_NAME"] == manifest()["metadata"]["name"]
    memory = {"name": "MEMORY_LIMIT_BYTES", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}}
    assert memory in container_of(manifest())["env"]


def test_a_scoring_pod_names_its_submission() -> None:
    work = score_submission(submission_id="s1")
    labels = training_job(work, "token", settings())["spec"]["template"]["metadata"]["labels"]
    assert (labels["tracebloc.io/kind"], labels["tracebloc.io/submission"]) == ("score", "s1")


@pytest.mark.parametrize("key", ["a", "0123456789abcdef01234567", "2b5c2f0e-5f0c-4f06-8f31-1b6c1b8a7e55", "Über_Key.With?Everything" * 4])
def test_job_names_are_dns_labels(key: str) -> None:
    assert DNS_LABEL.fullmatch(training_job_name(train_cycle(key, cycle=123, attempt=12), key))
    assert DNS_LABEL.fullmatch(scoring_job_name(score_submission(key, cycle=123, submission_id=key), key))
    assert DNS_LABEL.fullmatch(ingestion_job_name(key, key))


def test_different_work_has_different_names_and_the_same_work_the_same() -> None:
    names = {
        training_job_name(train_cycle(key, cycle=cycle, attempt=attempt), client)
        for key in ("k1", "K1", "k-1")
        for cycle in (1, 11)
        for attempt in (1, 2)
        for client in ("one", "two")
    }
    assert len(names) == 3 * 2 * 2 * 2
    assert training_job_name(train_cycle("k1"), "one") == training_job_name(train_cycle("k1"), "one")
    assert shortened("a" * 40, 32) != shortened("a" * 41, 32)


@pytest.mark.parametrize("name", ["prod", "production", "test-e2e", ""])
def test_no_edge_starts_under_production_or_an_unknown_environment(name: str) -> None:
    with pytest.raises(ValueError, match="production"):
        settings(client_env=name)


def test_the_real_ingestor_is_refused_without_its_database_or_its_way_out() -> None:
    with pytest.raises(ValueError, match="MySQL or MariaDB"):
        settings(ingestor="tracebloc-ingest")
    with pytest.raises(ValueError, match="EGRESS_PROXY_URL"):
        settings(ingestor="tracebloc-ingest", database_url="mysql+mysqlconnector://u:p@127.0.0.1/db")
