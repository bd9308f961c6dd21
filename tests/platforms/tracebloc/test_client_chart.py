"""Reading a rendered chart, on a few objects written by hand; helm itself is stood for by a script."""

from pathlib import Path

import pytest

from support.platforms.tracebloc.client_chart import ChartRefused, pod_of, read, render

RENDERED = """
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: e2e-test-jobs-manager, namespace: e2e-test}
spec:
  template:
    spec:
      containers:
        - {name: api, image: "docker.io/tracebloc/jobs-manager:dev", imagePullPolicy: Always}
        - {name: pinned, image: "docker.io/tracebloc/mysql-client@sha256:ab", imagePullPolicy: IfNotPresent}
        - {name: foreign, image: "docker.io/ubuntu/squid:1", imagePullPolicy: Always}
---
---
apiVersion: v1
kind: Secret
metadata: {name: e2e-test-secrets, namespace: tracebloc-node-agents}
---
apiVersion: v1
kind: Secret
metadata: {name: e2e-test-secrets, namespace: e2e-test}
"""


def helm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `helm` that is this script, first on the path; returns the folder."""
    program = folder / "helm"
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_objects_are_found_by_kind_name_and_namespace() -> None:
    chart = read(RENDERED)
    assert len(chart.objects) == 3
    assert chart.one("Secret", "e2e-test-secrets", "tracebloc-node-agents")["metadata"]["namespace"] == "tracebloc-node-agents"
    assert len(pod_of(chart.one("Deployment", "e2e-test-jobs-manager"))["containers"]) == 3
    with pytest.raises(LookupError, match="no Secret other in e2e-test; it makes: e2e-test-secrets"):
        chart.one("Secret", "other")


def test_pull_policies_are_those_of_traceblocs_own_moving_tags() -> None:
    assert read(RENDERED).pull_policies() == {"api": "Always"}


def test_helm_gets_our_values_then_those_given_and_single_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = helm(tmp_path, 'printf "kind: Call\\nmetadata: {name: x}\\nsaid: \\"%s\\"\\n" "$*"\n', monkeypatch)
    (call,) = render(Path("/checkout"), folder, [Path("/secrets.yaml")], ["a.b=c"], schema=False).objects
    assert call["said"].startswith("template e2e-test /checkout/client --namespace e2e-test --values /")
    assert call["said"].endswith("values.e2e.yaml --values /secrets.yaml --set a.b=c --skip-schema-validation")


def test_a_refusal_has_helms_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = helm(tmp_path, 'echo "Error: not so" >&2; exit 1\n', monkeypatch)
    with pytest.raises(ChartRefused, match="Error: not so"):
        render(Path("/checkout"), folder)
