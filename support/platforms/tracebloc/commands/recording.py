"""`ringmaster record`: start a platform, go through the flows on it, and keep or compare what was said."""

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from environments.errors import SubstrateError, UnknownSubstrate
from environments.platforms.tracebloc.platform import Tracebloc
from support.nearest import did_you_mean
from support.platforms.tracebloc.playbook.sdk import flows
from support.platforms.tracebloc.playbook.sdk.recordings import drift
from support.platforms.tracebloc.scene import new_scene
from support.results.exit_codes import ExitCode
from support.results.run_folder import ResultsFolderUnusable
from support.runner.session import RunSession, begin_session
from support.runner.stopping import Stopping
from support.settings import Settings
from support.settings_file import SettingsError
from support.terminal import complain, say

PLATFORM_FEATURES = Path("features") / Tracebloc.name


@dataclass(frozen=True)
class Order:
    """Which flows to record (all when none is named), where the recordings are kept, and whether only to compare with them."""

    flows: tuple[str, ...] = ()
    folder: Path | None = None
    check: bool = False


def carry_out(order: Order, settings: Settings) -> ExitCode:
    """Record or compare, on a platform started for it."""
    unknown = [flow for flow in order.flows if flow not in flows.FLOWS]
    if unknown:
        complain(f"there is no flow '{unknown[0]}'.{did_you_mean(unknown[0], flows.FLOWS)} There are: {', '.join(flows.FLOWS)}")
        return ExitCode.WRONG_INPUT
    session = begin_session(settings)
    with Stopping() as stopping:
        try:
            session.prepare([PLATFORM_FEATURES])
            session.start()
            return _all(order, session)
        except (UnknownSubstrate, ResultsFolderUnusable, SettingsError, OSError, ValueError) as error:
            complain(str(error))
            return ExitCode.WRONG_INPUT
        except SubstrateError as error:
            complain(str(error))
            return ExitCode.PLATFORM_FAILED
        except KeyboardInterrupt:
            return ExitCode.of_signal(stopping.came)
        finally:
            with stopping.put_off(), suppress(KeyboardInterrupt):
                session.stop()


def _all(order: Order, session: RunSession) -> ExitCode:
    folder, exit_code = order.folder or flows.CASSETTES, ExitCode.PASSED
    for flow in order.flows or tuple(flows.FLOWS):
        with tempfile.TemporaryDirectory() as fresh:
            recorded = _record(session, flow, Path(fresh))
            drifted = drift(flows.cassette_of(flow, folder), recorded) if order.check else []
            if not order.check:
                folder.mkdir(parents=True, exist_ok=True)
                flows.cassette_of(flow, folder).write_bytes(recorded.read_bytes())
        done = f"{len(drifted)} differences" if order.check else f"recorded in {flows.cassette_of(flow, folder)}"
        say(f"{flow}: {done}")
        for difference in drifted:
            say(f"  {difference}", "red")
            exit_code = ExitCode.FAILED
    return exit_code


def _record(session: RunSession, flow: str, folder: Path) -> Path:
    deployment = session.deployments.get(Tracebloc.name)
    if deployment is None or not isinstance(deployment.platform, Tracebloc):
        raise SubstrateError("there is no platform that could be recorded")
    scene = new_scene(deployment.platform, deployment.substrate, session.folder.scenarios / flow.replace(" ", "-"))
    try:
        flows.record(flows.on_platform(scene), flow, folder)
    finally:
        scene.close()
    return flows.cassette_of(flow, folder)
