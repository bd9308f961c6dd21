"""Scenarios tagged `@without.<service>` do without it, so that they may run beside those that disturb it."""

from pathlib import Path

from tests.runs.conftest import PROJECT, Ringmaster

NEVER_THERE = """

_before_all = before_all


def before_all(context):
    from support.clients.service_bus_faults import ServiceBusFaults

    _before_all(context)
    faults = ServiceBusFaults(context.session.platform.service_bus_control_url)
    faults.begin("outage")
    faults.close()
"""


def test_what_says_that_it_does_without_the_service_bus_passes_while_that_is_away(ringmaster: Ringmaster, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for part in ("features", "steps", "ringmaster.toml"):
        (project / part).symlink_to(PROJECT / part)
    (project / "environment.py").write_text((PROJECT / "environment.py").read_text() + NEVER_THERE)
    outcome = ringmaster("run", "--tags", "@without.service-bus", "--workers", "2", folder=project)
    assert outcome.exit_code == 0, outcome.output
    assert {row["status"] for row in outcome.record["scenarios"]} == {"passed"}
