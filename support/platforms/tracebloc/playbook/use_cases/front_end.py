"""Running the front end's own specs, each told as a part of the step. Source: Cypress."""

from dataclasses import dataclass

from support.names import counted
from support.patience import Patience
from support.platforms.tracebloc.front_end import Spec, run_specs
from support.platforms.tracebloc.scene import Scene
from support.redaction import redact
from support.story import Part, PartOutcome


@dataclass(frozen=True)
class SpecRun:
    """What came of the specs."""

    specs: list[Spec]

    def passed(self) -> list[str]:
        """The tests that ran and passed."""
        return [test.name for spec in self.specs for test in spec.tests if test.failure is None and not test.skipped]

    def failures(self) -> list[str]:
        """The tests that failed, with their spec and why."""
        return [redact(f"{spec.file}: {test.name}: {test.failure}") for spec in self.specs for test in spec.failures]


def run(scene: Scene) -> None:
    """Run them; results and screenshots stay where Cypress puts them, its words among the scenario's results."""
    specs = run_specs(scene.checkouts.front_end, scene.addresses.backend_url, scene.folder / "cypress", Patience.factor)
    for spec in specs:
        seconds = sum(test.seconds for test in spec.tests)
        told = f"{counted(len(spec.tests), 'test')}, {len(spec.failures)} failed, {sum(test.skipped for test in spec.tests)} skipped"
        why = "".join(f"; {test.name}: {test.failure}" for test in spec.failures)
        outcome = PartOutcome.FAILED if spec.failures else PartOutcome.DONE
        scene.story.parts.append(Part(f"spec {spec.file}", outcome, seconds, redact(told + why)))
    scene.keep(SpecRun(specs))
