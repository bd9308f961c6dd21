"""Makes the map of touched lines: one run of the scenarios, one after the other, on a copy whose services note what they run."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.mutation.checkout_copy import CheckoutCopy
from support.mutation.mutants import ServiceSources
from support.mutation.probes import HOOKS, MODULE, Probes, module_text, read_runs
from support.mutation.touch_map import Touch, TouchMap, fingerprint_of_code, fingerprints, read_touch_map
from support.results.exit_codes import ExitCode
from support.sabotage_matrix.processes import CannotRun, RunProcesses, last_words, scenarios_of
from support.terminal import say

TOUCHED = "touched.bytes"


@dataclass(frozen=True)
class Recorder:
    """Makes the map again where it is out of date."""

    file: Path
    """Where the map is kept."""
    folder: Path
    """Where a copy is made to run in; whoever made the folder removes it."""
    pristine: CheckoutCopy
    services: Sequence[ServiceSources]
    settings: str
    """Of the platforms, as they are."""
    processes: RunProcesses

    def map_for(self, locations: Sequence[str]) -> tuple[TouchMap, Collection[str]]:
        """The map for these scenarios, and which of them were run for it just now; raises CannotRun."""
        code, known = fingerprint_of_code(self.settings), read_touch_map(self.file)
        if known is not None and set(known.statements) != {file for each in self.services for file in each.files}:
            known = None
        missing = list(locations) if known is None else known.outdated(code, locations)
        if known is not None and not missing:
            return known, ()
        say(f"Recording which lines {len(missing)} scenarios run, one after the other; it is kept in {self.file}")
        made = self._record(code, missing)
        whole = made if known is None else known.with_newer(made)
        whole.write(self.file)
        return whole, missing

    def _record(self, code: str, locations: Sequence[str]) -> TouchMap:
        copy = CheckoutCopy.make(self.folder / "recording", self.folder, self.pristine.folder)
        probes = self._prepare(copy)
        results = self.folder / "recorded"
        results.mkdir()
        command = copy.command("run", *locations, "--workers", "1", "--results-folder", str(results))
        exit_code = self.processes.wait_for(command, results / "output.txt", copy.variables, copy.folder)
        ran = {each.location: each for each in scenarios_of(results) if not each.around}
        if exit_code in (ExitCode.WRONG_INPUT, ExitCode.PLATFORM_FAILED) and not ran:
            raise CannotRun(last_words(results / "output.txt"), exit_code)
        if exit_code > ExitCode.OVER_BUDGET:
            raise KeyboardInterrupt
        touched: dict[str, set[int]] = defaultdict(set)
        for scenario, numbers in self._read(copy):
            touched[scenario] |= numbers
        touches = [
            Touch(location=where, name=each.name, status=each.status, seconds=each.wall_seconds, ran=sorted(touched[where]))
            for where, each in ran.items()
        ]
        return TouchMap(
            code=code, features=dict(fingerprints(locations)), statements=probes.files, at_start=sorted(touched[""]), touches=touches
        )

    def _prepare(self, copy: CheckoutCopy) -> Probes:
        probes = Probes()
        module = copy.folder / f"{MODULE}.py"
        for file in sorted({file for each in self.services for file in each.files}):
            copy.write(file, probes.add(file, Path(file).read_text(encoding="utf-8"), module))
        shared = self.folder / TOUCHED
        shared.write_bytes(bytes(max(1, probes.count)))
        copy.write(module.name, module_text(shared))
        hooks = copy.folder / "environment.py"
        copy.write(hooks.name, hooks.read_text(encoding="utf-8") + HOOKS)
        return probes

    def _read(self, copy: CheckoutCopy) -> list[tuple[str, set[int]]]:
        shared = self.folder / TOUCHED
        last = shared.with_name(f"{TOUCHED}.scenario").read_text(encoding="utf-8")
        rest = {number for number, byte in enumerate(shared.read_bytes()) if byte}
        return [*read_runs(shared), (last, rest)]
