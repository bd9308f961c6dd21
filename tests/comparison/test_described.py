"""What services run as is compared where both sides can say it; what one of them cannot say is named, and is no difference."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from environments.cluster.described import described_by
from environments.descriptions import (
    A_PROCESS,
    FACETS,
    LITTLE_POWER,
    NO_IMAGE,
    PORTS,
    VERSIONS,
    limits_of,
    opened,
    set_variables,
    without,
    without_tag,
)
from environments.kind.rendering import Workload, deployment
from environments.services import PythonModule, Resources
from support.comparison.differences import differences, same_on_both, unsaid
from support.comparison.observations import Observations, observe
from support.results.run_folder import PLATFORM_FILE
from tests.comparison.test_differences import result, write_run

Described = Mapping[str, Mapping[str, str]]
TILL = {**opened(["http"]), **set_variables(["KEY"]), "image": "shop/till", **LITTLE_POWER, **limits_of(Resources(memory_mebibytes=512))}
CONTAINERS: Described = {"service till": TILL, VERSIONS: {"Python": "3.13.1"}}
NO_CLUSTER: Described = {
    "service till": {**opened(["http"]), **without(*(one for one in FACETS if one != PORTS))},
    VERSIONS: without(VERSIONS),
}


def seen(tmp_path: Path, one: Described, other: Described) -> tuple[Observations, Observations]:
    folders = []
    for name, described in (("one", one), ("other", other)):
        folders.append(write_run(tmp_path / name, [result("pays")], {}))
        (folders[-1] / PLATFORM_FILE).write_text(json.dumps(described))
    return observe(("compose", "remote"), (folders[0], folders[1]))


def found(tmp_path: Path, one: Described, other: Described) -> list[str]:
    return [f"{each.where}: {each.what}" for each in differences(*seen(tmp_path, one, other))]


def test_what_is_the_same_differs_in_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, CONTAINERS, CONTAINERS) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("image", "shop/till-next", "the setting `image` is shop/till on compose, shop/till-next on remote"),
        ("port admin", "open", "the setting `port admin` is there on remote only"),
        ("variable DEBUG", "set", "the setting `variable DEBUG` is there on remote only"),
        ("user", "not held back", "the setting `user` is one without rights on compose, not held back on remote"),
        ("limit of memory", "1024Mi", "the setting `limit of memory` is 512Mi on compose, 1024Mi on remote"),
    ],
)
def test_each_facet_of_a_service_is_compared(name: str, value: str, words: str, tmp_path: Path) -> None:
    changed = {**CONTAINERS, "service till": {**TILL, name: value}}
    assert found(tmp_path, CONTAINERS, changed) == [f"service till: {words}"]


def test_versions_are_compared(tmp_path: Path) -> None:
    changed = {**CONTAINERS, VERSIONS: {"Python": "3.12.1"}}
    assert found(tmp_path, CONTAINERS, changed) == ["versions: the setting `Python` is 3.13.1 on compose, 3.12.1 on remote"]


def test_what_one_side_cannot_say_is_named_and_no_difference(tmp_path: Path) -> None:
    one, other = seen(tmp_path, CONTAINERS, NO_CLUSTER)
    assert differences(one, other) == []
    assert unsaid(one, other) == [
        ("service till", "image, limits, security, variables: cannot be said by remote"),
        ("versions", "versions: cannot be said by remote"),
    ]
    assert same_on_both(one, other, []) == ["service till"]


def test_what_can_be_said_is_compared_beside_what_cannot(tmp_path: Path) -> None:
    more = {**NO_CLUSTER, "service till": {**NO_CLUSTER["service till"], "port admin": "open"}}
    assert found(tmp_path, CONTAINERS, more) == ["service till: the setting `port admin` is there on remote only"]


def test_a_side_that_says_nothing_at_all_cannot_say_it(tmp_path: Path) -> None:
    one, other = seen(tmp_path, CONTAINERS, {"queue paid": {"LockDuration": "PT1M"}})
    assert differences(one, other) == []
    assert unsaid(one, other) == [
        ("queue paid", "cannot be said by compose"),
        ("service till", "cannot be said by remote"),
        ("versions", "cannot be said by remote"),
    ]


def test_a_service_that_only_one_side_has_is_a_difference(tmp_path: Path) -> None:
    more = {**CONTAINERS, "service store": TILL}
    assert found(tmp_path, CONTAINERS, more) == ["service store: is there on remote only"]


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("shop/till:1.4", "shop/till"),
        ("registry.example.com:5000/shop/till:1.4", "registry.example.com:5000/shop/till"),
        ("shop/till@sha256:0a1b", "shop/till"),
        (NO_IMAGE, NO_IMAGE),
    ],
)
def test_an_image_is_compared_without_its_tag(image: str, name: str) -> None:
    assert without_tag(image) == name


def workload() -> Workload:
    runs = PythonModule("till")
    resources = Resources(memory_mebibytes=512)
    return Workload("till", "shop", "shop/till:0a1b", runs, 1000, 1000, {}, "{}", {"http": 8000}, resources=resources)


def test_a_pod_of_kind_is_described_as_a_container_of_compose_is() -> None:
    template: Any = deployment(workload())["spec"]["template"]
    assert described_by(template, ["http"], ["KEY"]) == TILL


def test_a_pod_tells_its_variables_unless_they_come_from_elsewhere() -> None:
    def variables(**container: object) -> set[str]:
        told = described_by({"spec": {"containers": [{"image": "shop/till:1", **container}]}}, [])
        return {name for name in told if name.startswith("variable") or "said" in name}

    assert variables(env=[{"name": "KEY"}]) == {"variable KEY"}
    assert variables(env=[{"name": "KEY"}], envFrom=[{"secretRef": {"name": "till"}}]) == {"cannot be said"}
    assert variables() == {"cannot be said"}


def test_a_pod_that_nothing_holds_back_is_told_so() -> None:
    spec = {"containers": [{"image": "shop/till", "securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}}]}
    told = described_by({"spec": spec}, [])
    assert {told[name] for name in LITTLE_POWER} == {"not held back"}
    assert A_PROCESS.keys() == LITTLE_POWER.keys()
