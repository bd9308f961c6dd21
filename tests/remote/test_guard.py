"""Scenarios never run on production, and nowhere outside this machine that no setting allows."""

import os
from dataclasses import replace

import pytest

from environments.errors import DeploymentRefused
from environments.processes.of_run import seconds_from_boot_to_start
from environments.remote.deployments import ExistingDeployment, Keeper
from environments.remote.guard import refuse_production
from environments.services import Address

PRODUCTION_HOSTS = ("api.shop.example",)


def deployment(name: str, *hosts: str) -> ExistingDeployment:
    return ExistingDeployment(name, "shop", {(f"service-{number}", "http"): Address(host, 443) for number, host in enumerate(hosts)})


@pytest.mark.parametrize(
    ("name", "hosts"),
    [
        ("prod", ["127.0.0.1"]),
        ("shop-production", ["127.0.0.1"]),
        ("eu1-prod2", ["127.0.0.1"]),
        ("live", ["localhost"]),
        ("staging", ["api.prod.shop.example"]),
        ("staging", ["production-db.internal"]),
        ("staging", ["staging.shop.example", "prd-bus.servicebus.windows.net"]),
        ("staging", ["customer.shop.example"]),
        ("staging", ["api.shop.example"]),
        ("staging", ["API.shop.example."]),
        ("staging", ["127.0.0.1", "api.shop.example"]),
        ("staging", ["k8s-live-01.internal"]),
        ("staging-prod", ["127.0.0.1"]),
        ("eu1prod", ["127.0.0.1"]),
        ("shopprod", ["127.0.0.1"]),
        ("prodeu", ["127.0.0.1"]),
        ("staging", ["productionapi.shop.example"]),
        ("staging", ["shop-db.euprod2.internal"]),
        ("staging", ["EuProd.shop.example"]),
        ("staging", ["staging.shop.example.prod-cdn.example.net"]),
        # not the opposite: another label, another part of the name
        ("staging", ["pre.prod.shop.example"]),
        ("non-eu-prod", ["127.0.0.1"]),
    ],
)
def test_production_is_refused_even_where_it_is_allowed(name: str, hosts: list[str]) -> None:
    with pytest.raises(DeploymentRefused, match="production"):
        refuse_production(deployment(name, *hosts), [name], PRODUCTION_HOSTS)


@pytest.mark.parametrize("host", ["staging.shop.example", "10.0.0.7", "localhost.shop.example", "2001:db8::1"])
def test_another_machine_has_to_be_allowed_by_name(host: str) -> None:
    with pytest.raises(DeploymentRefused, match=r'allowed_deployments = \["staging"\]'):
        refuse_production(deployment("staging", "127.0.0.1", host), ["other"], PRODUCTION_HOSTS)
    refuse_production(deployment("staging", "127.0.0.1", host), ["staging"], PRODUCTION_HOSTS)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
def test_this_machine_needs_no_setting(host: str) -> None:
    refuse_production(deployment("anything", host), [], PRODUCTION_HOSTS)


def kept(host: str, *, alive: bool) -> ExistingDeployment:
    started = seconds_from_boot_to_start(os.getpid())
    return replace(deployment("mine", host), kept_by=Keeper(os.getpid(), started if alive else started + 60))


def test_a_cluster_that_up_keeps_on_this_machine_needs_no_setting() -> None:
    refuse_production(kept("172.18.0.2", alive=True), [], PRODUCTION_HOSTS)


@pytest.mark.parametrize(
    ("host", "alive"),
    [("172.18.0.2", False), ("203.0.113.7", True), ("8.8.8.8", True), ("staging.shop.example", True), ("172.18.0.2.example", True)],
)
def test_a_keeper_that_is_gone_or_an_address_elsewhere_needs_the_setting(host: str, alive: bool) -> None:
    with pytest.raises(DeploymentRefused, match="no setting allows it"):
        refuse_production(kept(host, alive=alive), [], PRODUCTION_HOSTS)


@pytest.mark.parametrize(
    "name",
    [
        "pre-prod",
        "non-production",
        "products",
        "delivery",
        "preprod",
        "reproduce",
        "eu-nonprod",
        "reproduction",
        "producer2",
        "preproduction1",
    ],
)
def test_what_only_sounds_like_production_is_not(name: str) -> None:
    refuse_production(deployment(name, "127.0.0.1"), [], PRODUCTION_HOSTS)
