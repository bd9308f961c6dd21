"""What compose and Kubernetes run: read as people and Ringmaster write it, and compared both ways."""

import json
from pathlib import Path

import yaml

from support.platforms.observatory.parity import EXAMPLES, Deployed, by_names, differences, read_chart, read_compose, read_kubernetes


def test_a_compose_file_is_read_with_defaults_lists_and_ports() -> None:
    found = read_compose((EXAMPLES / "compose.yaml").read_text())
    assert (found["metrics-engine"].image, found["metrics-engine"].version) == ("example/metrics-engine", "1.2.0")
    assert found["metrics-engine"].variables == {"MONGO_URL": "mongodb://event-store:27017", "REDIS_URL": "redis:6379"}
    assert (found["event-store"].image, found["event-store"].version) == ("registry.example:5000/mongo", "7")
    assert (found["redis"].version, found["event-store"].ports, found["gateway"].ports) == ("latest", {27017}, {3000})
    assert found["gateway"].variables["RABBITMQ_URL"] == "amqp://observatory:secret SECRET_BROKER@rabbitmq:5672"


def test_kubernetes_objects_are_read_without_what_only_brings_secrets_in() -> None:
    found = read_kubernetes((EXAMPLES / "kubernetes.yaml").read_text())
    assert list(found) == ["gateway", "metrics-engine", "read-model", "event-store", "redis"]
    assert list(found["gateway"].variables) == ["PORT", "RABBITMQ_URL"]


def _deployed(port: int, **variables: str) -> Deployed:
    return Deployed("image", "1", variables, frozenset({port}))


def test_ports_are_compared_by_their_place_and_hosts_by_their_name() -> None:
    one = by_names({"a": _deployed(18000, PORT="18000", OTHER="http://b:18001/x", HOME="/tmp"), "b": _deployed(18001)})
    other = by_names({"a": _deployed(8000, PORT="8000", OTHER="http://b:8000/x"), "b": _deployed(8000)})
    assert list(differences(one, other)) == []
    wrong = by_names({"a": _deployed(8000, PORT="8001", OTHER="http://a:8000/x"), "b": _deployed(8000)})
    assert list(differences(one, wrong)) == [
        "a: OTHER is http://b:port 1/x on compose, http://a:port 1/x on Kubernetes",
        "a: PORT is port 1 on compose, 8001 on Kubernetes",
    ]


def test_a_chart_is_read_with_its_secrets_by_name(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    variables = {"URL": "amqp://me:{{ .Values.secrets.rabbitmq_password }}@rabbitmq:8000"}
    container = {"image": "{{ .Values.images.services }}", "ports": [{"containerPort": 8000}]}
    objects = [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "gateway"}, "stringData": {"variables": json.dumps(variables)}},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "gateway"},
            "spec": {"template": {"spec": {"containers": [container]}}},
        },
    ]
    (tmp_path / "templates" / "gateway.yaml").write_text(yaml.safe_dump_all(objects))
    (tmp_path / "templates" / "required.yaml").write_text('{{- required "set it" .Values.secrets.rabbitmq_password | trunc 0 }}\n')
    secret = "amqp://me:secret SECRET_RABBITMQ_PASSWORD@rabbitmq:8000"
    assert read_chart(tmp_path) == {"gateway": Deployed("ringmaster-services", "latest", {"URL": secret}, frozenset({8000}))}
