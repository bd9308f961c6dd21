"""What the jobs of a secure environment may do, and models that try to do more."""

import re
import time

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import (
    all_of,
    assert_that,
    close_to,
    contains_inanyorder,
    contains_string,
    empty,
    equal_to,
    greater_than,
    has_entries,
    has_entry,
    has_item,
    has_items,
    has_key,
    has_length,
    is_,
    matches_regexp,
    not_,
    only_contains,
    starts_with,
)

from environments.platforms.tracebloc.edge.pod_token import verify
from support.platforms.tracebloc.playbook.in_process import model_endings
from support.platforms.tracebloc.playbook.secure_environments import registration
from support.platforms.tracebloc.playbook.security import break_outs, workloads
from support.platforms.tracebloc.playbook.security.workloads import Inspected
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.sample_data.break_outs import ATTEMPTS, CLOSED_BY_NAMESPACES
from support.platforms.tracebloc.workload import CONNECTION_STRING, GPU, SHARED_MOUNT, Workload, resources
from support.step_arguments import Rows, takes_table

SHARED_READ_ONLY = has_entries(name="shared-volume", readOnly=True)
NO_PRIVILEGE = all_of(
    has_entries(allowPrivilegeEscalation=False, capabilities=equal_to({"drop": ["ALL"]})), not_(has_entry("privileged", True))
)
A_WEEK, AN_HOUR = 604_800, 3600
INGESTION_RUN = "tracebloc.io/ingestion-run"
OWN_PLACES = ("/data/scratch", "/home/appuser", "/tmp")  # noqa: S108 - inside the container


def _each(context: Context) -> list[Workload]:
    workloads = list(context.scene.kept(Inspected).workloads.values())
    assert_that(workloads, not_(empty()), "jobs to look at")
    return workloads


@given("a secure environment whose training jobs may use {string} is Online with {int} rows to train and {int} rows to test")
def environment_with_limits(context: Context, limits: str, training_rows: int, test_rows: int) -> None:
    """An owner's secure environment is connected, with pinned resources and toy datasets."""
    registration.connect_with_rows(context.scene, training_rows, test_rows, training_resources=limits)


@given("a file of another dataset lies in its shared folder")
def file_of_another_dataset(context: Context) -> None:
    """Stages a file whose text is known, so that any leak of it is seen."""
    break_outs.stage_bait(context.scene)


@then("models that do not end by themselves are ended, and the job's log says why:")
@takes_table({"a model that": "string", "processor time": "int", "time": "int", "words": "string"})
def models_are_ended(context: Context, rows: Rows) -> None:
    """Each within its limits, in seconds; all at once, by the training client's own code, in processes of their own."""
    said = model_endings.ends_of(context.scene, [(row["a model that"], row["processor time"], row["time"]) for row in rows])
    assert_that([{**row, "words": words} for row, words in zip(rows, said, strict=True)], equal_to(rows), "how the models ended")


@then("of a model that prints {int} KiB, the job's log holds {int} KiB and says that the rest is left out")
def rest_is_left_out(context: Context, printed: int, held: int) -> None:
    """Whole words only: half a secret would not be known for one."""
    log = model_endings.log_of_talker(context.scene, printed * 1024)
    words, _, told = log.partition("\n")
    assert_that(told.strip(), contains_string("the rest is left out"), "what stands behind it")
    assert_that(set(words.split()), equal_to({"word"}), "what the model printed")
    assert_that(len(words), close_to(held * 1024, 8), "bytes of it")


@then("of a model that prints {int} KiB, the job's log holds all")
def all_is_held(context: Context, printed: int) -> None:
    """And says nothing of a rest."""
    log = model_endings.log_of_talker(context.scene, printed * 1024)
    assert_that(len(log), close_to(printed * 1024, 8), "bytes of what it printed")
    assert_that(set(log.split()), equal_to({"word"}), "what the log holds")


@when("the owner looks at the training job")
def looks_at_training_job(context: Context) -> None:
    """Reads the Job of the last training as the jobs-manager created it."""
    workloads.inspect_training_job(context.scene)


@when("the owner looks at the ingestion jobs")
def looks_at_ingestion_jobs(context: Context) -> None:
    """Reads the Jobs of all ingestions as the jobs-manager created them."""
    workloads.inspect_ingestion_jobs(context.scene)


@when("the owner looks at the training pod as the cluster runs it")
def looks_at_training_pod(context: Context) -> None:
    """Reads the pod of the last training with all that the cluster added."""
    workloads.inspect_training_pod(context.scene)


@when('work arrives for the tasks "{task}", "{task}", "{task}" and "{task}"')
def work_arrives(context: Context, *tasks: str) -> None:
    """Puts one cycle of each task on the secure environment's queue, and reads the Jobs that come of it."""
    workloads.inspect_jobs_for_tasks(context.scene, tasks)


@when("the pods of the platform itself are looked at")
def looks_at_the_platforms_pods(context: Context) -> None:
    """Reads the pods of the central services as the cluster runs them."""
    workloads.inspect_platform_pods(context.scene)


@then("each of them runs")
def each_runs(context: Context) -> None:
    """No pod waits, failed or has ended."""
    for workload in _each(context):
        assert_that(workload.phase, equal_to("Running"), f"the phase of {workload.name}")


@then("it/they get/gets no token of the cluster")
def no_cluster_token(context: Context) -> None:
    """The service account's token is not mounted."""
    for workload in _each(context):
        assert_that(workload.pod.get("automountServiceAccountToken"), is_(False), f"automountServiceAccountToken of {workload.name}")


@then("it/they run/runs neither as root nor as a user that the client chose, under the runtime's own seccomp profile")
def not_as_root(context: Context) -> None:
    """The image names its user, root is refused, and system calls are filtered."""
    for workload in _each(context):
        expected = has_entries(runAsNonRoot=True, seccompProfile=has_entry("type", "RuntimeDefault"))
        assert_that(workload.context, expected, f"the security context of {workload.name}")
        assert_that(workload.chosen_users(), empty(), f"users set by {workload.name}")


@then("no container of it/them has privileges or can gain any")
def no_privileges(context: Context) -> None:
    """Privilege escalation is off, every capability is dropped and none added."""
    for workload in _each(context):
        assert_that(workload.contexts(), only_contains(NO_PRIVILEGE), f"the containers' security contexts of {workload.name}")


@then("it sees the shared folder read-only")
def shared_folder_read_only(context: Context) -> None:
    """The shared volume is mounted, and only to read."""
    for workload in _each(context):
        assert_that(workload.mounts(SHARED_MOUNT), all_of(has_length(1), has_item(SHARED_READ_ONLY)), f"{SHARED_MOUNT} in {workload.name}")


@then("it/they request/requests what it/they is/are limited to, {string}, and no GPU")
def requests_are_limits(context: Context, limits: str) -> None:
    """Requests equal limits, are the secure environment's own, and hold no GPU."""
    expected = has_entries(requests=has_entries(resources(limits)), limits=has_entries(resources(limits)))
    for workload in _each(context):
        for container in workload.containers:
            assert_that(container.get("resources"), expected, f"the resources of {workload.name}")
            assert_that(container["resources"]["limits"], not_(has_key(GPU)), f"the limits of {workload.name}")


@then("its pods are labelled as training, and itself as the client's")
def labelled_as_training(context: Context) -> None:
    """The network policy finds training pods by their label, and the client its Jobs by theirs."""
    for workload in _each(context):
        assert_that(workload.pod_labels, has_entry("tracebloc.io/workload", "training"), f"the labels of {workload.name}'s pods")
        assert_that(workload.labels, has_entry("app", "client"), f"the labels of {workload.name}")
        assert_that(workload.labels, not_(has_key("tracebloc.io/workload")), f"the labels of {workload.name}")


@then("they are named and labelled after their ingestion run")
def labelled_as_ingestion(context: Context) -> None:
    """The command line finds an ingestion run by its label."""
    tables = [starts_with(dataset.table) for dataset in context.scene.datasets]
    workloads = _each(context)
    assert_that([workload.labels.get(INGESTION_RUN) for workload in workloads], contains_inanyorder(*tables), "ingestion runs")
    for workload in workloads:
        assert_that(workload.name, starts_with("ingest-job-"), "the name of an ingestion job")
        assert_that(
            workload.pod_labels.get(INGESTION_RUN), equal_to(workload.labels[INGESTION_RUN]), f"the label of {workload.name}'s pods"
        )
        assert_that(workload.pod_labels.get("tracebloc.io/workload"), not_("training"), f"what the pods of {workload.name} are labelled as")


@then("nothing of the host is in it/them")
def nothing_of_the_host(context: Context) -> None:
    """No host path, network or process table."""
    for workload in _each(context):
        assert_that(workload.of_the_host(), empty(), f"what {workload.name} sees of the host")


@then("it carries no secret of the secure environment")
def carries_no_secret(context: Context) -> None:
    """Neither the signing secret, nor a Service Bus connection string, nor the token that allows ingestion."""
    token = context.scene.environments[-1].client.ingestion_token.get_secret_value()
    for workload in _each(context):
        assert_that(workload.signing_secrets(), empty(), f"variables of {workload.name} that carry the signing secret")
        connections = [name for name, value in workload.variables().items() if re.search(CONNECTION_STRING, value)]
        assert_that(connections, empty(), f"variables of {workload.name} that carry a connection string")
        assert_that(workload.holds(token), is_(False), f"whether {workload.name} holds the ingestion token")


@then("its token is for its own work alone, and ends a week after the job was made")
def token_of_its_own(context: Context) -> None:
    """Signed by the secure environment; who it is for, and until when. Source: tracebloc client chart 1.9.62 (seven days)."""
    scene = context.scene
    (workload,) = _each(context)
    client, training = scene.environments[-1].client, scene.trainings[-1]
    claims = verify(workload.variables()["REQUESTS_PROXY_TOKEN"], client.pod_token_signing_secret.get_secret_value())
    assert_that((claims.pod, claims.client_id), equal_to((workload.name, scene.environments[-1].client_id)), "whose token it is")
    assert_that((claims.work.experiment_key, claims.work.cycle), equal_to((training.experiment_key, 1)), "what it is for")
    assert_that(claims.expires_at - time.time(), close_to(A_WEEK, AN_HOUR), "how long it is good")


@then("they do not carry the secret that pods' tokens are signed with")
def no_signing_secret(context: Context) -> None:
    """Ingestion has its own credentials and needs no pod token."""
    for workload in _each(context):
        assert_that(workload.signing_secrets(), empty(), f"variables of {workload.name} that carry the signing secret")


@then("its image comes from {string} without a pull secret")
def image_comes_from(context: Context, host: str) -> None:
    """The registry is the one the client was installed with, and the version is named: not whatever is the latest."""
    for workload in _each(context):
        image = all_of(starts_with(host), matches_regexp(r".+/[^/:]+[:@][^/]+$"))
        assert_that([container["image"] for container in workload.containers], only_contains(image), "images")
        assert_that(workload.pod.get("imagePullSecrets") or [], empty(), f"pull secrets of {workload.name}")


@then('the jobs for "{task}", "{task}" and "{task}" have a read-only root and places of their own to write to')
def read_only_root(context: Context, *tasks: str) -> None:
    """Their images were made for it; scratch space is told by a variable."""
    for task in tasks:
        workload = context.scene.kept(Inspected).workloads[task]
        assert_that(workload.contexts(), only_contains(has_entry("readOnlyRootFilesystem", True)), f"security contexts for {task}")
        assert_that(workload.empty_folders(), has_items(*OWN_PLACES), f"empty folders for {task}")
        assert_that(workload.variables(), has_entry("EXPERIMENT_SCRATCH_PATH", "/data/scratch"), f"variables for {task}")


@then('the job for "{task}" has the root of its image')
def writable_root(context: Context, task: str) -> None:
    """Its old image writes where it likes; everything else is held back all the same."""
    workload = context.scene.kept(Inspected).workloads[task]
    assert_that(workload.contexts(), only_contains(not_(has_entry("readOnlyRootFilesystem", True))), f"security contexts for {task}")
    assert_that(workload.contexts(), only_contains(NO_PRIVILEGE), f"security contexts for {task}")


@when("{string} trains a model for each way to break out that is closed everywhere")
def trains_break_outs(context: Context, role: str) -> None:
    """Uploads and starts one model each; at home, where the SDK looks at them, they behave."""
    break_outs.train_all(
        context.scene, context.scene.person(role), [attempt for attempt in ATTEMPTS if attempt not in CLOSED_BY_NAMESPACES]
    )


@when("{string} trains a model that tries to {break_out}")
def trains_break_out(context: Context, role: str, attempt: str) -> None:
    """Uploads and starts it; at home, where the SDK looks at it, it behaves."""
    break_outs.train_all(context.scene, context.scene.person(role), [attempt])


@then("each attempt is stopped and its team is told why:")
@takes_table({"attempt": "break_out", "words": "string"})
def attempts_are_stopped(context: Context, rows: Rows) -> None:
    """Every experiment failed, with the words of its row."""
    scene = context.scene
    expected = {row["attempt"]: row["words"] for row in rows}
    assert_that(set(expected), equal_to({training.model for training in scene.trainings}), "ways to break out")
    for training in scene.trainings:
        ended = break_outs.wait_until_ended(scene, training)
        assert_that(ended["status_display"], equal_to("Failed"), f"the experiment that tried to {training.model}")
        assert_that(ended["reason"], contains_string(expected[training.model]), f"what the team reads of the attempt to {training.model}")


@step("no attempt got what it was after")
def nothing_leaked(context: Context) -> None:
    """Neither what the team sees nor what the pods wrote holds the bait or the models' shout of triumph."""
    scene = context.scene
    for training in scene.trainings:
        texts = break_outs.texts_of(scene, training)
        assert_that(len(texts), greater_than(1), "what there is to look into")
        for text in texts:
            assert_that(text, not_(contains_string(break_outs.BAIT_TEXT)), f"what is seen of the try to {training.model}")
            assert_that(text, not_(contains_string(break_outs.TRIUMPH)), f"what is seen of the try to {training.model}")


@step("the shared folder holds what it held before")
def shared_folder_unchanged(context: Context) -> None:
    """No file was added, changed or removed."""
    assert_that(
        break_outs.shared_files(context.scene), equal_to(context.scene.kept(break_outs.Bait).shared_files), "files in the shared folder"
    )


@when("{string} trains a model that looks up the answers and says that it cost nothing")
def trains_liar(context: Context, role: str) -> None:
    """It changes what measures and counts in the process that it runs in; at home, where the SDK looks at it, it behaves."""
    break_outs.train_liar(context.scene, context.scene.person(role))


@then("the training has cost at least {int} operations")
def has_cost(context: Context, least: int) -> None:
    """One for each number of the model and each row, whatever the model says."""
    assert_that(experiments.flops(context.scene.trainings[-1]), greater_than(least - 1), "what the training has cost")
