"""Stub participants behind a real requests-proxy: set up, given work, and made to hand in what training jobs would."""

from environments.errors import WrongScenario
from environments.platforms.tracebloc.edge.secure_environment import InstallRequest
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle
from support.patience import Patience
from support.platforms.tracebloc.clients.proxied_stub import Job, ProxiedStub, Work, canned_weights, filled_weights
from support.platforms.tracebloc.playbook.secure_environments import registration, stub_participants
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import people
from support.platforms.tracebloc.scene import PLACES, Scene

# only what a stub cannot play itself
SERVICES = frozenset({"requests_proxy"})
LONGEST_WAIT = 15.0
NOTHING_COMES = 0.15
FLOPS_A_ROW = 1_000_000
GRAMS_CO2E = 0.25


def set_up(scene: Scene, rows: dict[str, int], largest_weights_bytes: int | None = None) -> ProxiedStub:
    """A registered secure environment with its requests-proxy and datasets of so many rows an intent, and who stands in for the rest."""
    owner = scene.people.get("the owner") or people.sign_up(scene, "the owner")
    environment = registration.register(scene, owner)
    with scene.story.part("its requests-proxy is installed"):
        request = InstallRequest(
            scene.client_env,
            environment.client_id,
            environment.client_password,
            SERVICES,
            largest_weights_bytes=largest_weights_bytes,
        )
        environment.installed = scene.install_client(request)
        scene.at_the_end(environment.installed.stop)
    edge = stub_participants.connect(scene, environment)
    client = environment.client
    stub = ProxiedStub(edge, rows, client.requests_proxy_url, client.pod_token_signing_secret)
    scene.at_the_end(stub.close)
    stub_participants.tell_of_rows(scene, environment, rows)
    scene.stubs.append(stub)
    return stub


def take_work(scene: Scene, stub: ProxiedStub, *, done: bool = True) -> Work:
    """The next piece of work of a stub participant; an AssertionError when none comes in time."""
    with scene.story.part(f"the {place_of(scene, stub)} stub participant takes its work") as part:
        work = stub.queue.take(LONGEST_WAIT * Patience.factor, done=done)
        if work is None:
            raise AssertionError(f"no work came to the {place_of(scene, stub)} stub participant")
        part.detail = _described(work)
    return work


def take_cycle(scene: Scene, stub: ProxiedStub, cycle: int, *, done: bool = True) -> TrainCycle:
    """The next piece of work of the experiment started last, which must be to train this cycle."""
    work = take_work(scene, stub, done=done)
    while work.experiment_key != scene.trainings[-1].experiment_key:
        # what an experiment before has left
        work = take_work(scene, stub, done=done)
    if not isinstance(work, TrainCycle) or work.cycle != cycle:
        raise AssertionError(f"instead of the work of cycle {cycle} came: {_described(work)}")
    return work


def refuse_more_work(scene: Scene, stub: ProxiedStub) -> None:
    """Look whether there is more work; an AssertionError when there is."""
    work = stub.queue.take(NOTHING_COMES)
    if work is not None:
        raise AssertionError(f"more work came to the {place_of(scene, stub)} stub participant than was ordered: {_described(work)}")


def begin(scene: Scene, stub: ProxiedStub, cycle: int) -> Job:
    """Take the work of a cycle and begin its job."""
    return stub.begin_job(take_cycle(scene, stub, cycle))


def train(scene: Scene, stub: ProxiedStub, work: TrainCycle) -> None:
    """Play the job of one cycle from its beginning to its end."""
    hand_in(scene, stub, stub.begin_job(work))
    stub.edge.report_pod(work, "Succeeded", exit_code=0)


def hand_in(scene: Scene, stub: ProxiedStub, job: Job, weights: bytes | None = None) -> None:
    """Report the epochs and the cost of a job, then hand in its weights: those given, or canned ones."""
    work = job.work
    if not isinstance(work, TrainCycle):
        raise TypeError("only a training job hands in weights")
    with scene.story.part(f"the {place_of(scene, stub)} stub participant hands in cycle {work.cycle}"):
        for epoch in range(1, work.plan.epochs + 1):
            job.requests_proxy.epoch(epoch, {"accuracy": epoch_accuracy(epoch)})
        job.requests_proxy.cost(flops_of(stub), GRAMS_CO2E)
        number = scene.stubs.index(stub)
        content = weights or canned_weights(seed=100 * work.cycle + number)
        metrics = {"accuracy": cycle_accuracy(number)}
        job.requests_proxy.weights(content, trained_rows(stub), metrics, flops=flops_of(stub), grams_co2e=GRAMS_CO2E)


def upload(scene: Scene, stub: ProxiedStub, job: Job, weights_bytes: int, estimator: bytes | None) -> None:
    """Hand in weights of just so many bytes, with what the job cost and an estimator, and report nothing apart."""
    number = scene.stubs.index(stub)
    metrics = {"accuracy": cycle_accuracy(number)}
    content = filled_weights(weights_bytes)
    job.requests_proxy.weights(content, trained_rows(stub), metrics, flops=flops_of(stub), grams_co2e=GRAMS_CO2E, estimator=estimator)


def estimator_of(scene: Scene, stub: ProxiedStub, size: int) -> bytes:
    """What stands in for a fitted estimator: so many bytes, of each stub its own."""
    return str(scene.stubs.index(stub)).encode() * size


def score(scene: Scene, stub: ProxiedStub, value: float) -> None:
    """Take the work to score a submission, and report this score on all test rows."""
    work = take_work(scene, stub)
    if not isinstance(work, ScoreSubmission):
        raise AssertionError(f"instead of a submission to score came: {_described(work)}")
    stub.begin_job(work).requests_proxy.score(stub.rows["test"], value)
    stub.edge.report_pod(work, "Succeeded", exit_code=0)


def trained_rows(stub: ProxiedStub) -> int:
    """Rows a stub says it trained on: all that the validation split leaves."""
    return stub.rows["train"] - round(stub.rows["train"] * experiments.VALIDATION_SHARE)


def epoch_accuracy(epoch: int) -> float:
    """What every stub reports of an epoch."""
    return 1 - 1 / (1 + epoch)


def cycle_accuracy(number: int) -> float:
    """What the stub of this number (from 0) reports with its weights: not what the others do."""
    return 0.9 - 0.3 * number


def flops_of(stub: ProxiedStub) -> int:
    """What a stub reports as the cost of a cycle."""
    return FLOPS_A_ROW * trained_rows(stub)


def place_of(scene: Scene, stub: ProxiedStub) -> str:
    """Which of the scenario's stub participants it is, in words."""
    return PLACES[scene.stubs.index(stub)]


def at_place(scene: Scene, place: str) -> ProxiedStub:
    """The first or second stub participant; a WrongScenario says how many there are."""
    if place not in PLACES[: len(scene.stubs)]:
        raise WrongScenario(f"there is no {place} stub participant in this scenario; there are {len(scene.stubs)}")
    return scene.stubs[PLACES.index(place)]


def _described(work: Work) -> str:
    if isinstance(work, TrainCycle):
        return f"train cycle {work.cycle} of {work.experiment_key}, attempt {work.attempt}"
    return f"score submission {work.submission_id} of {work.experiment_key}"
