"""What jobs hand in beside reports: weights and estimators, up to their limits, and what becomes of them."""

from behave import step, then
from behave.runner import Context
from hamcrest import assert_that, equal_to

from support.platforms.tracebloc.playbook.secure_environments import proxied_stubs
from support.platforms.tracebloc.playbook.use_cases import refusals
from support.step_arguments import Rows, takes_table


@then("the job of the {place} stub participant cannot hand in:")
@takes_table({"weights": "int", "estimator": "int", "words": "string"})
def cannot_hand_in(context: Context, place: str, rows: Rows) -> None:
    """Weights and an estimator of so many bytes; each row is tried alone."""
    scene = context.scene
    stub = proxied_stubs.at_place(scene, place)
    job = context.jobs[scene.stubs.index(stub)]
    acts = {
        f"{row['weights']} and {row['estimator']} bytes": lambda row=row: proxied_stubs.upload(
            scene, stub, job, row["weights"], proxied_stubs.estimator_of(scene, stub, row["estimator"])
        )
        for row in rows
    }
    expected = {f"{row['weights']} and {row['estimator']} bytes": row["words"] for row in rows}
    refusals.assert_outcomes(scene, f"the job of the {place} stub participant", acts, expected)


@step("the stub participants hand in {int} bytes of weights and {int} of an estimator, with what both cost")
def hand_in_all(context: Context, weights: int, estimator: int) -> None:
    """Each an estimator of its own; nothing is reported apart from that."""
    scene = context.scene
    for stub, job in zip(scene.stubs, context.jobs, strict=True):
        proxied_stubs.upload(scene, stub, job, weights, proxied_stubs.estimator_of(scene, stub, estimator))


@step("only the one with the {word} Client ID hands in an estimator of {int} bytes with its weights")
def one_hands_in(context: Context, which: str, size: int) -> None:
    """The others hand in their weights alone."""
    scene = context.scene
    one = sorted(scene.stubs, key=lambda stub: stub.client_id)[0 if which == "lowest" else -1]
    for stub, job in zip(scene.stubs, context.jobs, strict=True):
        proxied_stubs.upload(scene, stub, job, 1000, proxied_stubs.estimator_of(scene, one, size) if stub is one else None)
    context.estimator = proxied_stubs.estimator_of(scene, one, size)


@step("the stub participants begin to score it")
def begin_to_score(context: Context) -> None:
    """Each takes the work of the submission made last and begins its job."""
    scene = context.scene
    context.jobs = [stub.begin_job(proxied_stubs.take_work(scene, stub)) for stub in scene.stubs]


@then("each of these jobs finds the estimator of its own environment, of {int} bytes")
def finds_its_own(context: Context, size: int) -> None:
    """Byte by byte."""
    scene = context.scene
    found = [
        job.requests_proxy.estimator() == proxied_stubs.estimator_of(scene, stub, size)
        for stub, job in zip(scene.stubs, context.jobs, strict=True)
    ]
    assert_that(found, equal_to([True] * len(scene.stubs)), "whether each is its own")


@then("each of these jobs finds that estimator")
def finds_that(context: Context) -> None:
    """Where an environment has none of its own, that of another one does."""
    found = [job.requests_proxy.estimator() == context.estimator for job in context.jobs]
    assert_that(found, equal_to([True] * len(context.jobs)), "whether each is the one that was handed in")


@then("the job of the {place} stub participant finds no estimator")
def finds_none(context: Context, place: str) -> None:
    """Nobody has handed one in."""
    scene = context.scene
    job = context.jobs[scene.stubs.index(proxied_stubs.at_place(scene, place))]
    assert_that(len(job.requests_proxy.estimator()), equal_to(0), "the bytes of the estimator")
