"""Metrics, emissions and reasons, against values that were computed by hand."""

from behave import given, then
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_string, equal_to, has_entries

from support.platforms.tracebloc.playbook.in_process import golden_metrics, golden_training, model_answers
from support.step_arguments import Rows, takes_table


@then("answers are measured like this:")
@takes_table({"metric": "score", "answers": "list_of_numbers", "truth": "list_of_numbers", "value": "float"})
def measured_like_this(context: Context, rows: Rows) -> None:
    """Each row is measured alone, with the training client's own code, in this process."""
    for row in rows:
        value = golden_metrics.of_answers(row["metric"], row["answers"], row["truth"])
        assert_that(value, close_to(row["value"], 1e-5), f"the {row['metric']} of {row['answers']}, where {row['truth']} is right")


@then("of these key points of a picture with a side of {int}, a share of {float} is found:")
@takes_table({"x": "float", "y": "float", "visible": "int", "said x": "float", "said y": "float"})
def key_points_found(context: Context, side: int, share: float, rows: Rows) -> None:
    """One row a key point: where it is, whether it can be seen, and where the model says it is."""
    assert_that(golden_metrics.share_of_key_points(rows, side), close_to(share, 1e-9), "the share that is found")


@then("these risks have a concordance of {float}:")
@takes_table({"risk": "float", "duration": "float", "event": "int"})
def have_concordance(context: Context, value: float, rows: Rows) -> None:
    """One row a patient: what the model says, how long they were looked at, and whether the event was seen."""
    assert_that(golden_metrics.concordance(rows), close_to(value, 1e-9), "the concordance")


@given("these boxes are there:")
@takes_table({"picture": "int", "class": "int", "left": "float", "top": "float", "right": "float", "bottom": "float"})
def boxes_are_there(context: Context, rows: Rows) -> None:
    """One row a box."""
    context.boxes = rows


@then("finding these boxes is a mean average precision of {float}:")
@takes_table(
    {"picture": "int", "class": "int", "left": "float", "top": "float", "right": "float", "bottom": "float", "confidence": "float"}
)
def boxes_are_found(context: Context, value: float, rows: Rows) -> None:
    """One row a box that the model says is there."""
    assert_that(golden_metrics.average_precision(rows, context.boxes), close_to(value, 1e-9), "the mean average precision")


@then("a weight goes this way with each optimizer:")
@takes_table({"optimizer": "word", "after one step": "float", "after two steps": "float"})
def weights_go(context: Context, rows: Rows) -> None:
    """By the training client's own choice of optimizers, in this process."""
    for row in rows:
        first, second = golden_metrics.steps_of(row["optimizer"])
        assert_that(first, close_to(row["after one step"], 1e-5), f"the weight after one step of {row['optimizer']}")
        assert_that(second, close_to(row["after two steps"], 1e-5), f"the weight after two steps of {row['optimizer']}")


@then("{float} seconds of one processor core are {float} grams of CO2e")
def seconds_are_grams(context: Context, seconds: float, grams: float) -> None:
    """As a training pod counts them."""
    assert_that(golden_metrics.grams_co2e(seconds), close_to(grams, 1e-9), "the grams")


@then("a training job that ends with one of these exit codes is told as:")
@takes_table({"exit code": "int", "words": "string"})
def told_as(context: Context, rows: Rows) -> None:
    """By the pods-monitor's own code, in this process; the words are the whole reason."""
    told = {row["exit code"]: golden_metrics.reason_of(row["exit code"]) for row in rows}
    assert_that(told, equal_to({row["exit code"]: row["words"] for row in rows}), "the reasons")


@then("a model is as far off as this:")
@takes_table({"task": "task", "loss": "word", "classes": "int", "outputs": "string", "truth": "string", "value": "float"})
def as_far_off(context: Context, rows: Rows) -> None:
    """By the loss of that name; rows stand behind each other, with a semicolon between."""
    for row in rows:
        value = golden_training.loss_of(row["task"], row["loss"], row["outputs"], row["truth"], row["classes"])
        assert_that(value, close_to(row["value"], 1e-5), f"the {row['loss']} of {row['outputs']} for {row['task']}, truth {row['truth']}")


@then("as many answers of a classifier are right as this:")
@takes_table({"loss": "word", "classes": "int", "outputs": "string", "truth": "string", "accuracy": "float"})
def as_many_right(context: Context, rows: Rows) -> None:
    """An answer of one number for two classes stands for the second class above 0, or above a half, as its loss wants it."""
    for row in rows:
        value = golden_training.accuracy_of(row["loss"], row["outputs"], row["truth"], row["classes"])
        assert_that(value, close_to(row["accuracy"], 1e-5), f"the accuracy of {row['outputs']} by {row['loss']}, truth {row['truth']}")


@then("answers of a model are taken or refused like this:")
@takes_table({"task": "task", "classes": "int", "labels": "string", "answers": "string", "words": "string"})
def taken_or_refused(context: Context, rows: Rows) -> None:
    """Labels and answers are given by their size, such as 2 x 3 for three numbers of each of two rows."""
    for row in rows:
        told = model_answers.told_of(row["task"], row["classes"], row["labels"], row["answers"])
        assert_that(told, contains_string(row["words"]), f"answers of {row['answers']} for {row['task']}, labels {row['labels']}")


@then("losses are taken or refused like this:")
@takes_table({"task": "task", "loss": "word", "words": "string"})
def losses_taken_or_refused(context: Context, rows: Rows) -> None:
    """By the training client itself, whatever the platform has let through."""
    for row in rows:
        told = model_answers.told_of_loss(row["task"], row["loss"])
        assert_that(told, contains_string(row["words"]), f"the loss {row['loss']} for {row['task']}")


@then("an estimator that knows the classes {string} alone, and answers {string} where {string} is right, has a log loss of {float}")
def log_loss(context: Context, known: str, probabilities: str, truth: str, value: float) -> None:
    """As where one environment never saw a class; the probabilities of a row stand in the order of the classes that it knows."""
    assert_that(golden_training.log_loss_of_estimator(known, probabilities, truth), close_to(value, 1e-5), "the log loss")


@then("an estimator without probabilities that answers {string} where {string} is right has a loss of {float} and an accuracy of {float}")
def measured_of_classifier(context: Context, answers: str, truth: str, loss: float, accuracy: float) -> None:
    """The loss is the share of wrong answers."""
    expected = has_entries(loss=close_to(loss, 1e-5), accuracy=close_to(accuracy, 1e-5))
    assert_that(golden_training.measured_of_classifier(answers, truth), expected, "what is measured")


@then("an estimator that answers {string} where {string} is right has a loss of {float}, an rmse of {float} and an mae of {float}")
def measured_of_regressor(context: Context, answers: str, truth: str, loss: float, rmse: float, mae: float) -> None:
    """An estimator of numbers; the loss is the mean of the squares, as of a network that is trained by them."""
    expected = has_entries(loss=close_to(loss, 1e-5), rmse=close_to(rmse, 1e-5), mae=close_to(mae, 1e-5))
    assert_that(golden_training.measured_of_regressor(answers, truth), expected, "what is measured")


@then("trainings with these seeds draw by:")
@takes_table({"experiment": "word", "seed": "string", "draws by": "string"})
def draw_by(context: Context, rows: Rows) -> None:
    """A plan's own seed, or one that all environments and cycles of an experiment share."""
    for row in rows:
        given = None if row["seed"] == "none" else int(row["seed"])
        drawn = [golden_training.seed_of(row["experiment"], given, cycle) for cycle in (1, 2)]
        others = golden_training.seed_of(f"{row['experiment']}-2", given)
        expected = given if row["draws by"] == row["seed"] else drawn[0]
        assert_that(drawn, equal_to([expected, expected]), f"the seeds of two cycles of {row}")
        told = row["seed"] if others == drawn[0] else "its experiment"
        assert_that(told, equal_to(row["draws by"]), f"what the seed of {row['experiment']} comes from")


@then("a job whose model fails like this ends with:")
@takes_table({"failure": "string", "exit code": "int"})
def ends_with(context: Context, rows: Rows) -> None:
    """The code is all that leaves the secure environment of a failure: words could carry data."""
    told = {row["failure"]: golden_training.exit_code_of(row["failure"]) for row in rows}
    assert_that(told, equal_to({row["failure"]: row["exit code"] for row in rows}), "the exit codes")
