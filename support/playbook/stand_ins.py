"""Stand-ins for secure environments: set up, given work, and made to hand in what training jobs would."""

from environments.reference_platform.messages import ScoreSubmission, TrainCycle
from environments.substrate import InstallRequest
from support.clients.stand_in import FLOPS_A_ROW, GRAMS_CO2E, StandIn, TrainingJob, Work, canned_weights
from support.names import counted
from support.patience import Patience
from support.playbook import people, secure_environments
from support.scene import IngestedDataset, RegisteredEnvironment, Scene
from support.toy.datasets import class_names, feature_names

# only what a stand-in cannot play itself
SERVICES = frozenset({"requests_proxy"})
LONGEST_WAIT = 15.0
NOTHING_COMES = 0.15


def set_up(scene: Scene, rows: dict[str, int]) -> StandIn:
    """A registered secure environment with its requests-proxy and datasets of so many rows an intent, and who stands in for the rest."""
    owner = scene.people.get("the owner") or people.sign_up(scene, "the owner")
    environment = secure_environments.register(scene, owner)
    with scene.story.part("its requests-proxy is installed"):
        request = InstallRequest(scene.client_env, environment.client_id, environment.client_password, services=SERVICES)
        environment.installed = scene.substrate.install_client(request)
        scene.adopt(environment.installed)
    stand_in = _log_in(scene, environment)
    for intent, count in rows.items():
        with scene.story.part(f"it tells of {counted(count, 'row')} to {intent}"):
            table = scene.names.table(intent)
            key = stand_in.register_dataset(table, intent, count, feature_names(), class_names())
            scene.datasets.append(IngestedDataset(key, table, intent, count, environment))
    return stand_in


def _log_in(scene: Scene, environment: RegisteredEnvironment) -> StandIn:
    client = environment.client
    stand_in = StandIn(client.client_id, scene.platform.backend_url, client.requests_proxy_url, client.pod_token_signing_secret)
    scene.at_the_end(stand_in.close)
    stand_in.log_in(environment.client_password)
    scene.stand_ins.append(stand_in)
    return stand_in


def take_work(scene: Scene, stand_in: StandIn, *, done: bool = True) -> Work:
    """The next piece of work of a stand-in; an AssertionError when none comes in time."""
    with scene.story.part(f"the {place_of(scene, stand_in)} stand-in takes its work") as part:
        work = stand_in.queue.take(LONGEST_WAIT * Patience.factor, done=done)
        if work is None:
            raise AssertionError(f"no work came to the {place_of(scene, stand_in)} stand-in")
        part.detail = _described(work)
    return work


def take_cycle(scene: Scene, stand_in: StandIn, cycle: int, *, done: bool = True) -> TrainCycle:
    """The next piece of work of the experiment started last, which must be to train this cycle."""
    work = take_work(scene, stand_in, done=done)
    while work.experiment_key != scene.trainings[-1].experiment_key:
        # what an experiment before has left
        work = take_work(scene, stand_in, done=done)
    if not isinstance(work, TrainCycle) or work.cycle != cycle:
        raise AssertionError(f"instead of the work of cycle {cycle} came: {_described(work)}")
    return work


def refuse_more_work(scene: Scene, stand_in: StandIn) -> None:
    """Look whether there is more work; an AssertionError when there is."""
    work = stand_in.queue.take(NOTHING_COMES)
    if work is not None:
        raise AssertionError(f"more work came to the {place_of(scene, stand_in)} stand-in than was ordered: {_described(work)}")


def begin(scene: Scene, stand_in: StandIn, cycle: int) -> TrainingJob:
    """Take the work of a cycle and begin its job."""
    return stand_in.begin_job(take_cycle(scene, stand_in, cycle))


def train(scene: Scene, stand_in: StandIn, work: TrainCycle) -> TrainingJob:
    """Play the job of one cycle from its beginning to its end."""
    job = stand_in.begin_job(work)
    hand_in(scene, stand_in, job)
    stand_in.report(job, "Succeeded", exit_code=0)
    return job


def hand_in(scene: Scene, stand_in: StandIn, job: TrainingJob, weights: bytes | None = None) -> None:
    """Report the epochs and the cost of a job, then hand in its weights: those given, or canned ones."""
    work = job.work
    if not isinstance(work, TrainCycle):
        raise TypeError("only a training job hands in weights")
    with scene.story.part(f"the {place_of(scene, stand_in)} stand-in hands in cycle {work.cycle}"):
        for epoch in range(1, work.plan.epochs + 1):
            job.requests_proxy.epoch(epoch, {"accuracy": epoch_accuracy(epoch)})
        job.requests_proxy.cost(flops_of(stand_in), GRAMS_CO2E)
        number = scene.stand_ins.index(stand_in)
        content = weights or canned_weights(seed=100 * work.cycle + number)
        job.requests_proxy.weights(content, stand_in.trained_rows, {"accuracy": cycle_accuracy(number)})


def score(scene: Scene, stand_in: StandIn, value: float) -> None:
    """Take the work to score a submission, and report this score on all test rows."""
    work = take_work(scene, stand_in)
    if not isinstance(work, ScoreSubmission):
        raise AssertionError(f"instead of a submission to score came: {_described(work)}")
    job = stand_in.begin_job(work)
    job.requests_proxy.score(stand_in.rows["test"], value)
    stand_in.report(job, "Succeeded", exit_code=0)


def epoch_accuracy(epoch: int) -> float:
    """What every stand-in reports of an epoch."""
    return 1 - 1 / (1 + epoch)


def cycle_accuracy(number: int) -> float:
    """What the stand-in of this number (from 0) reports with its weights: not what the others do."""
    return 0.9 - 0.3 * number


def flops_of(stand_in: StandIn) -> int:
    """What a stand-in reports as the cost of a cycle."""
    return FLOPS_A_ROW * stand_in.trained_rows


def place_of(scene: Scene, stand_in: StandIn) -> str:
    """Which of the scenario's stand-ins it is, in words."""
    return ("first", "second", "third")[scene.stand_ins.index(stand_in)]


def at_place(scene: Scene, place: str) -> StandIn:
    """The first or second stand-in; a LookupError says which there are."""
    for stand_in in scene.stand_ins:
        if place_of(scene, stand_in) == place:
            return stand_in
    raise LookupError(f"there is no {place} stand-in in this scenario; there are {len(scene.stand_ins)}")


def _described(work: Work) -> str:
    if isinstance(work, TrainCycle):
        return f"train cycle {work.cycle} of {work.experiment_key}, attempt {work.attempt}"
    return f"score submission {work.submission_id} of {work.experiment_key}"
