"""What a cluster does to training pods, and what holds them back in it."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, empty, equal_to, has_item

from support.platforms.tracebloc.playbook.faults import cluster
from support.platforms.tracebloc.playbook.secure_environments import registration
from support.step_arguments import Rows, takes_table
from support.waiting import eventually

CLUSTER_KNOWS_SECONDS = 90
"""It takes a node for lost that did not answer for 40 s. Source: Kubernetes 1.20 and later (node-monitor-grace-period)."""

POLICY_SECONDS = 20


@given("a secure environment without the image of its training jobs is Online with {int} rows to train and {int} rows to test")
def without_image(context: Context, training_rows: int, test_rows: int) -> None:
    """Its client asks for an image that no node has and no registry gives."""
    registration.connect_with_rows(context.scene, training_rows, test_rows, training_image="e2e-test/missing:none")


@given("a secure environment whose training pods may run for {int} seconds is Online with {int} rows to train and {int} rows to test")
def with_deadline(context: Context, seconds: int, training_rows: int, test_rows: int) -> None:
    """The cluster ends them when that is over."""
    registration.connect_with_rows(context.scene, training_rows, test_rows, pod_deadline_seconds=seconds)


@given("the quota of the secure environment is full")
def quota_is_full(context: Context) -> None:
    """Pods that run are left alone; its cluster takes no other."""
    cluster.faults(context.scene).take_no_more_pods()


@when("the cluster evicts the training pod while it runs")
def evicts(context: Context) -> None:
    """As when its node is drained."""
    scene = context.scene
    with scene.story.part("the training pod is evicted"):
        cluster.faults(scene).evict(cluster.running_pod(scene).name)


@when("the node of the training pod is lost while it runs")
def loses_node(context: Context) -> None:
    """As when its machine freezes: nobody is told."""
    scene = context.scene
    with scene.story.part("the node of the training pod is lost"):
        cluster.faults(scene).lose_node_of(cluster.running_pod(scene).name)


@step("a network policy cuts the resource-monitor off")
def cut_off(context: Context) -> None:
    """Nothing gets in or out of its pod."""
    cluster.faults(context.scene).cut_off("resource_monitor")


@when("the cluster is whole again")
def whole_again(context: Context) -> None:
    """The policies and quotas of the scenario are gone."""
    cluster.faults(context.scene).heal()


@then("the owner reads of the training job: {string}")
def owner_reads(context: Context, words: str) -> None:
    """The platform shows why the job ended, or what it waits for."""
    scene = context.scene
    shown = eventually("the reason", lambda: cluster.reasons(scene), has_item(contains_string(words)), within=CLUSTER_KNOWS_SECONDS)
    scene.story.tell("the owner reads", "; ".join(shown))


@then("a training pod that runs reaches these:")
@takes_table({"what": "door"})
def reaches(context: Context, rows: Rows) -> None:
    """Otherwise what it does not reach would say nothing."""
    wanted = [str(row["what"]) for row in rows]
    assert_that(cluster.reached(context.scene, wanted), equal_to(dict.fromkeys(wanted, "")), "why it cannot reach something")


@then("it reaches none of these:")
@takes_table({"what": "door"})
def reaches_not(context: Context, rows: Rows) -> None:
    """Every try ends with an error, at the latest when the cluster has put its policies in force for a new pod."""
    scene, wanted = context.scene, [str(row["what"]) for row in rows]

    def reached() -> list[str]:
        seen = cluster.reached(scene, wanted)
        return [name for name in wanted if not seen.get(name)]

    eventually("what it reaches", reached, empty(), within=POLICY_SECONDS)
