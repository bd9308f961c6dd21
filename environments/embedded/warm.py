"""Fork servers that have loaded everything, for many runs in a row: each run's own ones are forked from them.

It spares each run some five seconds of processor time. Source: our choice.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from environments.embedded.preloading import preload_in_background
from environments.ledger import Ledger
from environments.platform import Platform
from environments.processes.launch import FORK_SERVER, WARM_VARIABLE, RunningForkServer
from environments.processes.variables import PROJECT_FOLDER

OWN_CODE = ("environments", "support", "steps")


@contextmanager
def warm_servers(platforms: Sequence[Platform], copy: Path | None = None) -> Iterator[Mapping[str, str]]:
    """The variables with which runs find the servers, as long as the block lasts; a run that is quicker than they waits for them.

    Args:
        platforms: whose modules are loaded.
        copy: of the checkout, whose code the servers run and whose platforms' code will change: that is not loaded ahead, libraries are.
    """
    ledger = Ledger.open(f"warm-{secrets.token_hex(4)}")
    services = [module for platform in platforms for spec in platform.services() for module in spec.preload]
    groups = [module for platform in platforms for module in platform.preload_for_groups()]
    pods = [own for platform in platforms if (own := platform.pods()) is not None]
    # by the name of the fork server that is forked from it
    loaded: dict[str, tuple[list[str], dict[str, str]]] = {FORK_SERVER: ([*services, *groups], {})}
    if pods:
        modules = [module for own in pods for module in own.preload]
        loaded["node"] = (modules, {name: value for own in pods for name, value in own.variables.items()})
    paths = {} if copy is None else {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        folder = ledger.make_folder()
        temporary = folder / "tmp"
        temporary.mkdir(mode=0o700)
        for name, (modules, variables) in loaded.items():
            server = RunningForkServer(
                folder / f"{name}.sock",
                folder / f"{name}.log",
                name=f"warm-{name}",
                run_id=ledger.run_id,
                variables={"TMPDIR": str(temporary), **variables, **paths},
                checkout=copy or PROJECT_FOLDER,
            )
            ledger.record_process(server.name, server.pid)
            server.share_key()
            ahead = [module for module in modules if copy is None or module.partition(".")[0] not in OWN_CODE]
            preload_in_background(server.processes, ahead)
        yield {WARM_VARIABLE: str(folder)}
    finally:
        ledger.close()
