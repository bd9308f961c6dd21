"""Has workers run what their scenarios left for the end of a rule, of a feature or of the run, once that is over and not before.

The worker that a scenario ran in lives until then, since nobody else has what the cleanups work on.
"""

from collections.abc import Collection

from support.runner.planning.plan import RUN, ForkPoint, Layer, RunPlan, layer_of
from support.runner.pool.incidents import RunIncidents
from support.runner.workers.process_tree import ProcessHandle, ProcessTree


class Layers:
    """The features and rules of one pass, and the run, as far as scenarios left something for their end."""

    def __init__(self, plan: RunPlan, tree: ProcessTree, incidents: RunIncidents) -> None:
        self._plan = plan
        self._tree = tree
        self._incidents = incidents
        self._asked: set[tuple[int, Layer]] = set()

    def clean_what_is_over(self) -> None:
        """Tell the workers which features and rules are over."""
        for worker in self._tree.workers:
            for layer in worker.left - {RUN}:
                if self._is_over(layer):
                    self._ask(worker, layer)

    def clean_for_the_run(self) -> None:
        """Tell them that the run is over."""
        for worker in self._tree.workers:
            self._ask(worker, RUN)

    def cleaned(self, worker: ProcessHandle, layer: Layer, problems: list[str], output: str) -> None:
        """A worker has run what was left."""
        worker.is_idle()
        worker.left.discard(layer)
        self._incidents.note(self._point_of(layer), problems, output)
        if worker.told_to_end and not worker.left:
            worker.send("stop")

    def are_open(self, layers: Collection[Layer]) -> bool:
        """Whether a worker still has something for one of them."""
        return any(not worker.left.isdisjoint(layers) for worker in self._tree.workers)

    @property
    def only_the_run_is_left(self) -> bool:
        """Whether all hooks of features and rules are over, and workers wait for the end of the run alone."""
        root = self._tree.hosts.get(self._plan.run)
        waiting = [worker for worker in self._tree.workers if worker.rests and worker.left == {RUN}]
        return root is not None and root.closed and bool(waiting) and len(waiting) == len(self._tree.workers)

    def _is_over(self, layer: Layer) -> bool:
        first, depth = layer
        container = self._plan.tasks[first].containers[depth - 1]
        hosts = (host for point, host in self._tree.hosts.items() if point.containers and point.containers[-1] is container)
        inside = [task for task in self._plan.tasks if container in task.containers]
        rules = {layer_of(task, deeper) for task in inside for deeper in range(depth + 1, len(task.containers) + 1)}
        return all(host.closed for host in hosts) and all(task.ended for task in inside) and not self.are_open(rules)

    def _point_of(self, layer: Layer) -> ForkPoint:
        first, depth = layer
        return ForkPoint(-1, self._plan.tasks[first].containers[:depth]) if depth else self._plan.run

    def _ask(self, worker: ProcessHandle, layer: Layer) -> None:
        if (worker.token, layer) not in self._asked:
            self._asked.add((worker.token, layer))
            worker.is_busy()
            worker.send("clean", layer)
