"""Training pods that are killed, and what the platform makes of that."""

from behave import then, when
from behave.runner import Context
from hamcrest import (
    assert_that,
    close_to,
    contains_string,
    equal_to,
    has_entries,
    has_key,
    has_length,
    has_properties,
    not_,
    only_contains,
)

from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.training.experiments import VALIDATION_SHARE
from support.waiting import eventually


@when("cycle {int} is completed")
def cycle_is_completed(context: Context, cycle: int) -> None:
    """Every environment has trained the cycle, and the weights are averaged."""
    recovery.wait_until_completed(context.scene, context.scene.trainings[-1], cycle)


@when("the training pod of the {place} environment is killed as soon as its first epoch of cycle {int} is seen")
def pod_is_killed(context: Context, place: str, cycle: int) -> None:
    """SIGKILL, through the cluster, while the pod trains."""
    scene = context.scene
    context.killed = recovery.kill_training_pod(scene, recovery.at_place(scene, place), cycle)
    assert_that(context.killed, has_properties(phase="Failed", exit_code=128 + 9), "how the pod ended in the cluster")


@when("the client of the {place} environment is upgraded as soon as the first epoch of cycle {int} is seen")
def client_is_upgraded(context: Context, place: str, cycle: int) -> None:
    """All of its services end and start anew while the pod trains. Source: tracebloc client chart 1.9.62 (`strategy: Recreate`)."""
    scene = context.scene
    recovery.upgrade_client(scene, recovery.at_place(scene, place), cycle)


@then("the platform shows that pod as Failed, killed by SIGKILL")
def killed_pod_is_reported(context: Context) -> None:
    """The pods-monitor has told it, with a reason that people can read."""
    shown = recovery.wait_until_shown(context.scene.trainings[-1], context.killed.name, "Failed")
    assert_that(shown, has_entries(exit_code=137, reason=contains_string("SIGKILL")), "what the platform shows of the killed pod")


@then("the {place} environment trains cycle {int} in a second attempt, and the {place} one does not")
def trained_again(context: Context, place: str, cycle: int, other: str) -> None:
    """Only the environment whose pod was killed is asked again."""
    scene, training = context.scene, context.scene.trainings[-1]
    expected = {recovery.at_place(scene, place).client_id: [1, 2], recovery.at_place(scene, other).client_id: [1]}
    eventually("the second attempt", lambda: recovery.attempts(training, cycle), equal_to(expected))


@then("every job of the experiment but the killed one succeeded, one for each environment and cycle")
def all_others_succeeded(context: Context) -> None:
    """The platform's list of jobs, once all of them are reported."""
    scene, training = context.scene, context.scene.trainings[-1]
    jobs = experiments.wait_until_reported(training, jobs=len(scene.environments) * training.cycles + 1)["pods"]
    others = [job for job in jobs if job["name"] != context.killed.name]
    expected = {(environment.client_id, cycle) for environment in scene.environments for cycle in range(1, training.cycles + 1)}
    assert_that({(job["client_id"], job["cycle"]) for job in others}, equal_to(expected), "environments and cycles")
    assert_that([job["phase"] for job in others], equal_to(["Succeeded"] * len(expected)), "how the other jobs ended")


@then("every cycle shows each epoch and all rows of each environment once")
def each_epoch_once(context: Context) -> None:
    """No epoch of the killed pod is left beside those that count."""
    scene, training = context.scene, context.scene.trainings[-1]
    datasets = scene.use_case.datasets_for("train")
    rows = {dataset.environment.client_id: round(dataset.rows * (1 - VALIDATION_SHARE)) for dataset in datasets}
    epochs = sorted((number, client_id) for number in range(1, training.epochs + 1) for client_id in rows)
    for cycle in range(1, training.cycles + 1):
        shown = experiments.cycle_result(training, cycle)
        assert_that(shown["rows"], equal_to(rows), f"rows of cycle {cycle}")
        assert_that(shown["epochs"], has_length(len(epochs)), f"epochs of cycle {cycle}")
        assert_that(sorted((each["epoch"], each["client_id"]) for each in shown["epochs"]), equal_to(epochs), f"epochs of cycle {cycle}")


@then("the killed job has cost nothing, the others in every cycle the same, and the experiment their sum")
def counted_once(context: Context) -> None:
    """What a cycle costs an environment follows from the model, its rows and the epochs alone."""
    scene, training = context.scene, context.scene.trainings[-1]
    costs = recovery.wait_for_costs(training, jobs=len(scene.environments) * training.cycles)
    shown = experiments.experiment(training)
    assert_that(costs, not_(has_key(context.killed.name)), "the jobs that have cost something")
    by_environment: dict[str, set[float]] = {}
    for job in shown["pods"]:
        if job["name"] in costs:
            by_environment.setdefault(job["client_id"], set()).add(costs[job["name"]])
    assert_that(list(by_environment.values()), only_contains(has_length(1)), "what the cycles cost each environment")
    assert_that(shown["petaflops"], close_to(sum(costs.values()), 1e-15), "PetaFLOPs of the experiment")
