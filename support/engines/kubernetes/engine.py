"""Runs the shards of a run as Jobs of a cluster, each piece with a platform of its own in its pod, and brings their results together."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from environments.cluster import context as contexts
from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.errors import SubstrateError
from environments.ledger import NAME_PREFIX, Ledger
from environments.left_overs.containers import RUN_LABEL
from support.engines.kubernetes import jobs
from support.engines.kubernetes.collector import Collector, Piece
from support.engines.kubernetes.image import ShardImage
from support.engines.kubernetes.settings import PREFIX, EngineSettings

OURS_ALONE = (
    PREFIX, "RINGMASTER_COMPOSE_", "RINGMASTER_KIND_", "RINGMASTER_LEDGER_FOLDER", "RINGMASTER_RESULTS_FOLDER", "RINGMASTER_RUN",
    "RINGMASTER_TOX", "RINGMASTER_WARM_FOLDER", "RINGMASTER_WORKER",
)  # fmt: skip
"""Variables that mean this machine, so that no pod gets them."""


@dataclass(frozen=True)
class Work:
    """What is to be run."""

    arguments: Sequence[str]
    """Of `ringmaster run`, without what is said of shards and of results."""
    substrate: str
    shards: int
    """How many pieces run at a time."""
    durations: Mapping[str, float]
    """Seconds by scenario, as far as known."""
    results: Path
    """A folder that gets a folder for each piece."""


class KubernetesEngine:
    """One run on a cluster. `say` is told how it goes."""

    def __init__(self, run: str, context: str, settings: EngineSettings, say: Callable[[str], None]) -> None:
        """Raises SubstrateError when there is no such context, or it looks like production.

        Args:
            run: its name.
            context: of the kubeconfig.
            settings: where and how.
            say: gets a line at a time.
        """
        self._run_id = f"{NAME_PREFIX}{run}"
        self._settings = settings
        self._say = say
        self._context = contexts.find(context, settings.kubeconfig)
        contexts.refuse_production_name(self._context)
        self._api, self._second_api = (Api.by_kubeconfig(settings.kubeconfig, self._context.name) for _ in range(2))

    def run(self, work: Work) -> list[Piece]:
        """Run all pieces; returns them with their results, in order. Nothing is left on the cluster.

        Raises:
            SubstrateError: there is no image, the cluster refuses something, or a piece was lost for good.
        """
        try:
            self._refuse_without_rights()
            image = ShardImage(self._settings, self._say, self._run_id).on_cluster(self._context, self._api, work.substrate)
            with self._everything_removed():
                return sorted(self._pieces(work, image), key=lambda piece: piece.number)
        except ApiRefused as error:
            raise SubstrateError(f"the cluster of the context '{self._context.name}' refused: {error}") from None

    def _pieces(self, work: Work, image: str) -> Iterator[Piece]:
        count = work.shards * self._settings.pieces
        pieces = [Piece(number, count) for number in range(1, count + 1)]
        labels = {RUN_LABEL: self._run_id}
        with refusals():
            patience, place = {"_request_timeout": PATIENCE_SECONDS}, self._settings.namespace
            self._api.core.create_namespaced_config_map(place, jobs.durations(self._run_id, labels, work.durations), **patience)
            self._api.core.create_namespaced_secret(place, jobs.variables(self._run_id, labels, variables_for_pods()), **patience)
        waiting = iter(pieces)
        for piece in pieces[: work.shards]:
            next(waiting)
            self._start(piece, work, image)
        collector = Collector(self._api, self._second_api, self._settings.namespace, self._run_id, work.results, self._say)
        for done, piece in enumerate(collector.collect(pieces), 1):
            self._say(f"shard {piece}: exit code {piece.exit_code} ({done} of {count} done)")
            self._remove_job(piece)
            if (following := next(waiting, None)) is not None:
                self._start(following, work, image)
            yield piece

    def _start(self, piece: Piece, work: Work, image: str) -> None:
        labels = {RUN_LABEL: self._run_id, jobs.PIECE_LABEL: str(piece.number)}
        arguments = [*work.arguments, "--shard", str(piece)]
        manifest = jobs.job(self._name_of(piece), labels, image, arguments, self._settings, common=self._run_id)
        with refusals():
            self._api.batch.create_namespaced_job(self._settings.namespace, manifest, _request_timeout=PATIENCE_SECONDS)

    def _name_of(self, piece: Piece) -> str:
        return f"{self._run_id}-{piece.number}"

    def _remove_job(self, piece: Piece) -> None:
        with refusals():
            self._api.batch.delete_namespaced_job(
                self._name_of(piece), self._settings.namespace, propagation_policy="Background", _request_timeout=PATIENCE_SECONDS
            )

    def _refuse_without_rights(self) -> None:
        place = self._settings.namespace
        try:
            with refusals():
                self._api.batch.list_namespaced_job(place, limit=1, _request_timeout=PATIENCE_SECONDS)
        except ApiRefused as error:
            raise SubstrateError(
                f"Jobs cannot be made in the namespace '{place}' of the context '{self._context.name}': {error}. "
                "support/engines/kubernetes/role.yaml has the rights that are needed"
            ) from None

    @contextlib.contextmanager
    def _everything_removed(self) -> Iterator[None]:
        kubeconfig = str(self._settings.kubeconfig or "")
        ledger = Ledger.open(self._run_id)
        ledger.record("jobs", kubeconfig=kubeconfig, context=self._context.name, namespace=self._settings.namespace)
        try:
            yield
        finally:
            ledger.close()


def variables_for_pods(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings that this machine has as variables, but for those that mean this machine."""
    return {name: value for name, value in environment.items() if name.startswith("RINGMASTER_") and not name.startswith(OURS_ALONE)}
