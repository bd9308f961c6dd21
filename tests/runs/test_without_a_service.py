"""Scenarios tagged `@without.<service>` do without it, so that they may run beside those that disturb it."""

from pathlib import Path

import pytest

from tests.runs.conftest import PROJECT, Ringmaster

NEVER_THERE = """

_before_all = before_all


def before_all(context):
    _before_all(context)
    {take_away}
"""
BUS_AWAY = """from environments.platforms.tracebloc.addresses import addresses_of
    from support.platforms.tracebloc.clients.service_bus_faults import ServiceBusFaults

    addresses = addresses_of(context.session.deployments["tracebloc"].substrate)
    faults = ServiceBusFaults(addresses.service_bus_control_url, addresses.service_bus_connection_string)
    faults.begin("outage")
    faults.close()"""
TAKE_AWAY = {
    "service-bus": BUS_AWAY,
    "object-store": 'context.session.deployments["tracebloc"].substrate.faults("object_store").kill()',
    "backend": 'context.session.deployments["tracebloc"].substrate.faults("backend").kill()',
}


@pytest.mark.parametrize("service", TAKE_AWAY)
def test_what_says_that_it_does_without_a_service_passes_while_that_is_away(service: str, ringmaster: Ringmaster, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for part in ("features", "steps", "ringmaster.toml"):
        (project / part).symlink_to(PROJECT / part)
    hooks = (PROJECT / "environment.py").read_text() + NEVER_THERE.format(take_away=TAKE_AWAY[service])
    (project / "environment.py").write_text(hooks)
    outcome = ringmaster("run", "--tags", f"@without.{service}", "--workers", "2", folder=project)
    assert outcome.exit_code == 0, outcome.output
    assert {row["status"] for row in outcome.record["scenarios"]} == {"passed"}
