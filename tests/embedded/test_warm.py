"""Servers that have loaded libraries ahead for runs on a copy of the checkout, whose code changes from run to run."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from hamcrest import equal_to

from environments.embedded.warm import warm_servers
from environments.platform import Platform, Scene
from environments.processes.client import Processes
from environments.processes.launch import SHARED_KEY, WARM_VARIABLE
from environments.services import PythonModule, ServiceSpec
from environments.substrate import Substrate
from support.mutation.checkout_copy import CheckoutCopy
from support.waiting import eventually

CHANGED = "environments/reference_services/jitter.py"


class Preloading(Platform):
    """Asks for a library and for code of the project to be loaded ahead."""

    name = "preloading"

    def services(self) -> Sequence[ServiceSpec]:
        return (ServiceSpec("one", PythonModule("one"), lambda site: {}, preload=("wave", "environments.reference_services.jitter")),)

    def new_scene(self, substrate: Substrate, folder: Path) -> Scene:
        raise NotImplementedError


def test_they_load_libraries_and_never_the_code_that_changes(tmp_path: Path) -> None:
    copy = CheckoutCopy.make(tmp_path / "copy", tmp_path / "out")
    copy.write(
        "told.py",
        "import sys, environments.reference_services.jitter as it; print('wave' in sys.modules, it.__file__, it.MARK)\n",
    )
    with warm_servers([Preloading({})], copy.folder) as variables:
        socket = Path(variables[WARM_VARIABLE]) / "fork-server.sock"
        server = Processes(socket, socket.with_suffix(SHARED_KEY).read_bytes())
        numbers = count()

        def told() -> list[str]:
            log = tmp_path / f"{(name := str(next(numbers)))}.log"
            server.start(name, module="told", environment={}, folder=copy.folder, log=log)
            server.wait(name, 30)
            return log.read_text().split()

        for mark in ("1", "2"):
            with copy.changed(CHANGED, f"MARK = {mark}\n"):
                eventually("the library to be loaded", told, equal_to(["True", str(copy.folder / CHANGED), mark]), within=30)
