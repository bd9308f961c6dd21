"""Which jobs a secure environment makes, and what is told of them."""

import re
import time
from itertools import groupby
from typing import Any

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_string, empty, equal_to, has_length

from environments.platforms.tracebloc.edge.pod_token import verify
from support.platforms.tracebloc.playbook.in_process import client_jobs
from support.platforms.tracebloc.playbook.in_process.client_jobs import JobsDesk
from support.results.comparison import ComparedRow, Comparison, assert_no_difference
from support.step_arguments import Rows, takes_table

A_WEEK, A_MINUTE = 604_800, 60
OWN = "its-own-environment"
DIGEST = f"sha256:{'a' * 64}"
IMAGES = {"tracebloc/ingestor:dev": "the usual", f"tracebloc/ingestor@{DIGEST}": "the one asked for"}
A_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""Source: Kubernetes (a DNS-1123 label)."""


@when("this work comes to the jobs-manager of a secure environment:")
@takes_table(
    {"experiment": "string", "kind": "word", "cycle": "int", "attempt": "string", "submission": "string"},
    may_be_empty=("attempt", "submission"),
)
def work_comes(context: Context, rows: Rows) -> None:
    """One piece after the other; an experiment that is called `ended` has ended by then."""
    desk = context.scene.keep(client_jobs.desk(context.scene, OWN))
    desk.works = [client_jobs.work_of(row) for row in rows]
    for work in desk.works:
        desk.take(work)


@when("all of it comes again")
def work_comes_again(context: Context) -> None:
    """As after a lock that expired."""
    desk = context.scene.kept(JobsDesk)
    for work in desk.works:
        desk.take(work)


@then("each piece of work has one job, labelled after it, whose token opens that work alone for a week")
def one_job_each(context: Context) -> None:
    """The names are those that a cluster takes, and no two of them alike."""
    desk = context.scene.kept(JobsDesk)
    assert_that(list(desk.node.jobs), has_length(len(desk.works)), "jobs")
    for work, (name, job) in zip(desk.works, desk.node.jobs.items(), strict=True):
        variables = client_jobs.variables_of(job)
        claims = verify(variables["REQUESTS_PROXY_TOKEN"], desk.settings.pod_token_signing_secret.get_secret_value())
        labels = job["spec"]["template"]["metadata"]["labels"]
        assert_that(A_NAME.fullmatch(name) is not None, equal_to(True), f"whether a cluster takes the name {name}")
        assert_that(labels, equal_to(client_jobs.labels_of(work, OWN)), f"the labels of {name}")
        assert_that((claims.pod, claims.client_id, claims.work), equal_to((name, OWN, work)), f"what the token of {name} is for")
        assert_that(claims.expires_at, close_to(time.time() + A_WEEK, A_MINUTE), f"when the token of {name} ends")
        assert_that(variables["POD_NAME"], equal_to(name), f"what the pod of {name} calls itself")


@then("the same work in another secure environment has jobs of other names")
def other_names(context: Context) -> None:
    """Where two of them share a cluster, neither takes the other's for its own."""
    desk, other = context.scene.kept(JobsDesk), client_jobs.desk(context.scene, f"{OWN}-2")
    for work in desk.works:
        other.take(work)
    assert_that(set(desk.node.jobs) & set(other.node.jobs), empty(), "names that both have")
    assert_that(other.node.jobs, has_length(len(desk.works)), "jobs of the other")


@then("only what is to be scored has a job")
def only_scoring(context: Context) -> None:
    """Nothing trains any more for what has ended; a submission of before is still worth its score."""
    desk = context.scene.kept(JobsDesk)
    kinds = [job["spec"]["template"]["metadata"]["labels"]["tracebloc.io/kind"] for job in desk.node.jobs.values()]
    assert_that(kinds, equal_to([work.kind.partition("_")[0] for work in desk.works if work.kind == "score_submission"]), "the jobs")


@then("ingestions that are asked for one after the other are answered so:")
@takes_table({"environment": "place", "key": "word", "image": "string", "answer": "string", "job": "string"})
def ingestions_answered(context: Context, rows: Rows) -> None:
    """The job of each by its image, the environment's usual one or the one asked for by its digest; each has a login of its own."""
    scene = context.scene
    desks = {place: client_jobs.desk(scene, f"environment-{place}") for place in {row["environment"] for row in rows}}
    seen, names = [], set()
    for row in rows:
        desk = desks[row["environment"]]
        before, logins = set(desk.node.jobs), desk.logins
        body: dict[str, Any] = {"ingest_config": client_jobs.ingestion(scene, desk, "cells"), "idempotency_key": row["key"]}
        status, told = desk.ask(body if row["image"] == "the usual" else body | {"image_digest": DIGEST})
        new = set(desk.node.jobs) - before
        names |= {(told["job_name"], row["key"], row["environment"])}
        if new:
            (name,) = new
            job = desk.node.jobs[name]
            (container,) = job["spec"]["template"]["spec"]["containers"]
            assert_that(told["job_name"], equal_to(name), "the job that the answer names")
            token = client_jobs.variables_of(job)["TRACEBLOC_BACKEND_TOKEN"]
            assert_that(token, equal_to(f"login-{logins + 1}"), f"the login of {name}")
        made = IMAGES.get(container["image"].removeprefix("docker.io/"), container["image"]) if new else "none"
        seen.append({**row, "answer": f"{status}, {'again' if told['replay'] else 'new'}", "job": made})
    assert_that(seen, equal_to(rows), "the answers")
    assert_that({name for name, _, _ in names}, has_length(len(names)), "names, each of one key in one environment")


@then("an ingestion that cannot be started now is told so, and starts when it is asked for again:")
@takes_table({"away": "string", "answer": "string"})
def told_while_away(context: Context, rows: Rows) -> None:
    """Whoever asks is told that it may work later, which is no refusal; nothing is left half done."""
    scene = context.scene
    told = []
    for row in rows:
        desk = client_jobs.desk(scene, OWN)
        body = {"ingest_config": client_jobs.ingestion(scene, desk, "cells"), "idempotency_key": "key"}
        desk.node.away = row["away"] == "the cluster"
        desk.problem = client_jobs.AWAY[row["away"]]() if row["away"] != "the cluster" else None
        status, said = desk.ask(body)
        told.append({"away": row["away"], "answer": f"{status} {said['code']}"})
        assert_that(list(desk.node.jobs), empty(), f"jobs while {row['away']} is away")
        desk.node.away, desk.problem = False, None
        assert_that(desk.ask(body)[0], equal_to(201), f"the answer when {row['away']} is back")
        assert_that(list(desk.node.jobs), has_length(1), f"jobs when {row['away']} is back")
    assert_that(told, equal_to(rows), "the answers")


@then("sources that are not on the shared volume are refused, of whichever kind:")
@takes_table({"dataset": "data_category", "source": "word"})
def outside_refused(context: Context, rows: Rows) -> None:
    """Each row alone: a good configuration, one of whose sources is a file of the machine."""
    told = []
    for row in rows:
        words = f"{row['source']}: the data has to be staged on the shared volume"
        said = client_jobs.refusal_of_outside(context.scene, row["dataset"], row["source"])
        told.append(ComparedRow((words,), (said,), f"{row['source']} of {row['dataset']}", () if said.startswith(words) else (0,)))
    assert_no_difference(Comparison("what the jobs-manager answers", tuple(told)))


@when("the pods-monitor looks at the cluster again and again, and sees:")
@takes_table(
    {
        "look": "int",
        "environment": "word",
        "experiment": "string",
        "kind": "word",
        "cycle": "int",
        "attempt": "string",
        "submission": "string",
        "phase": "word",
        "exit code": "string",
        "the cluster says": "string",
    },
    may_be_empty=("attempt", "submission", "exit code", "the cluster says"),
)
def monitor_sees(context: Context, rows: Rows) -> None:
    """All pods that a look shows stand together; a phase of `away` is a look that nobody answers."""
    looks = [list(each) for _, each in groupby(rows, key=lambda row: row["look"])]
    context.told = list(client_jobs.told_by_the_monitor(OWN, [None if look[0]["phase"] == "away" else look for look in looks]))


@then("it tells the platform this, in this order, and no more:")
@takes_table(
    {
        "experiment": "string",
        "kind": "word",
        "cycle": "int",
        "attempt": "string",
        "submission": "string",
        "phase": "word",
        "exit code": "string",
        "reason": "string",
    },
    may_be_empty=("submission", "exit code", "reason"),
)
def monitor_tells(context: Context, rows: Rows) -> None:
    """Each report by all that it says."""
    fields = {
        "experiment": "experiment_key",
        "kind": "kind",
        "cycle": "cycle",
        "attempt": "attempt",
        "submission": "submission_id",
        "phase": "phase",
        "exit code": "exit_code",
        "reason": "reason",
    }
    told = [{name: str(body.get(key, "")) for name, key in fields.items()} for body in context.told]
    assert_that(told, equal_to([{name: str(row[name]) for name in fields} for row in rows]), "the reports")


@then("what training jobs ask for and may use is read like this:")
@takes_table({"requests": "string", "limits": "string", "GPUs": "string", "asks for and may use": "string"}, may_be_empty=["GPUs"])
def resources_are_read(context: Context, rows: Rows) -> None:
    """Both are the same, or the words of the refusal."""
    for row in rows:
        read = client_jobs.resources_read(row["requests"], row["limits"], row["GPUs"])
        assert_that(read, contains_string(row["asks for and may use"]), f"{row['requests']} of at most {row['limits']} {row['GPUs']}")
