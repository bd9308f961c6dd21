"""Models that the platform keeps, and what linking one tells, past the SDK."""

from pathlib import Path

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to, has_entries

from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import people, refusals
from support.platforms.tracebloc.sample_data.datasets import class_names
from support.platforms.tracebloc.scene import Scene
from support.step_arguments import Rows, takes_table

ANOTHER_LINE = b"\n# mended\n"
MODEL = "weak linear"


@when('{string} keeps the "{model}" again, with another line')
def keeps_again(context: Context, role: str, model: str) -> None:
    """Under the same name, as somebody does who mended it."""
    scene = context.scene
    file = _copy(scene, f"{experiments.model_file(model).stem}.py", experiments.model_file(model).read_bytes() + ANOTHER_LINE)
    scene.person(role).backend.keep_model(file)


@then('{string} can fetch the kept "{model}", with that line')
def can_fetch_mended(context: Context, role: str, model: str) -> None:
    """The one that was kept last, byte by byte."""
    file = experiments.model_file(model)
    fetched = context.scene.person(role).backend.kept_model(file.stem) == file.read_bytes() + ANOTHER_LINE
    assert_that(fetched, equal_to(True), "whether what was fetched is what was kept last")


@then("the platform keeps models of {string} under these names, and gives each back:")
@takes_table({"name": "string"})
def keeps_names(context: Context, role: str, rows: Rows) -> None:
    """Each is fetched by its name, byte by byte; no two are taken for one."""
    scene, backend = context.scene, context.scene.person(role).backend
    content = experiments.model_file(MODEL).read_bytes()
    told = {}
    for number, row in enumerate(rows):
        file = _copy(scene, "model.py", content + f"# {number}".encode())
        told[row["name"]] = backend.keep_model(file, name=row["name"])["check_status"]
    assert_that(told, equal_to(dict.fromkeys(told, True)), "whether each name was taken")
    same = {row["name"]: backend.kept_model(row["name"]) == content + f"# {number}".encode() for number, row in enumerate(rows)}
    assert_that(same, equal_to(dict.fromkeys(told, True)), "whether each came back as it was")


@then("the platform keeps no model of {string} under these names:")
@takes_table({"name": "string"})
def refuses_names(context: Context, role: str, rows: Rows) -> None:
    """The platform says which letters a name may have."""
    backend, file = context.scene.person(role).backend, experiments.model_file(MODEL)
    answers = {row["name"]: backend.keep_model(file, name=row["name"]) for row in rows}
    told = {name: answer["check_status"] or "named with letters, digits, spaces" not in answer["text"] for name, answer in answers.items()}
    assert_that(told, equal_to(dict.fromkeys(told, False)), "whether each name was taken, or refused in other words")


@then("the experiment is shown under the name {string}")
def shown_as(context: Context, name: str) -> None:
    """As it was typed, in the list and by itself."""
    scene, training = context.scene, context.scene.trainings[-1]
    listed = [row["name"] for row in training.participant.backend.experiments(scene.use_case.key)]
    assert_that((experiments.experiment(training)["name"], listed), equal_to((name, [name])), "the experiment's name")


@given("a stub participant is Online with {int} pictures of {int} x {int} points, of which {int} are to be found")
def stub_with_pictures(context: Context, pictures: int, width: int, height: int, points: int) -> None:
    """A registered secure environment reports as many to train and to test; the ingestor tells a picture's height first."""
    scene = context.scene
    environment = stub_participants.bring_online(scene, people.the_owner(scene), {})
    about = {"data_format": "image", "category": "keypoint_detection"}
    meta = {"target_size": [height, width], "number_of_keypoints": points}
    rows = {intent: {class_names()[0]: pictures} for intent in ("train", "test")}
    stub_participants.tell_of(scene, environment, rows, **about, meta_data=meta)


@then("{string} is told of coloured pictures, {int} wide and {int} high, and that {int} points do not fit {int}")
def told_of_pictures(context: Context, role: str, width: int, height: int, own: int, points: int) -> None:
    """And of no columns; the model is for fewer points than the pictures have."""
    told = context.linked
    assert_that(told["image_attributes"], equal_to({"resolution": [width, height], "channels": 3, "color_mode": "rgb"}), "the pictures")
    point = has_entries(number_of_keypoints=has_entries(expected=points, received=own, match=False))
    assert_that(told, has_entries(status="failed", match_points=point), f"what {role} is told")


@given("its machine has {int} processors and {int} GB of memory")
def machine_has(context: Context, processors: int, memory_gb: int) -> None:
    """As its next heartbeat tells."""
    stub = context.scene.environments[-1].stub_participant
    stub.heartbeat(stub_participants.HEARTBEAT_SECONDS, processors, memory_gb)


@when("{string} links a model by a script")
def links(context: Context, role: str) -> None:
    """A model that is kept on the platform is linked to the training dataset; what the platform says is kept for the next steps."""
    _link(context, role, MODEL)


@when('{string} links the "{model}" by a script')
def links_model(context: Context, role: str, model: str) -> None:
    """The same with one of the toy models."""
    _link(context, role, model)


@then('{string} cannot link the "{model}" to the test dataset: {string}')
def cannot_link(context: Context, role: str, model: str, words: str) -> None:
    """Its key is the owner's alone, and opens nothing to whoever has heard of it."""
    scene = context.scene
    backend, key = scene.person(role).backend, scene.use_case.owner.backend.use_case(scene.use_case.key)["test_dataset_key"]
    told = refusals.outcome(lambda: backend.link_kept_model(key, experiments.model_file(model).stem))
    assert_that(told, equal_to(words), "what the platform says")


@then("{string} is told of these rows of each environment:")
@takes_table({"environment": "place", "rows": "int"})
def told_of_rows(context: Context, role: str, rows: Rows) -> None:
    """The rows to train on."""
    expected = {recovery.at_place(context.scene, row["environment"]).client_id: row["rows"] for row in rows}
    assert_that(context.linked["total_images"], equal_to(expected), f"the rows that {role} is told of")


@then("{string} is told of the classes {string}, and that {int} columns and {int} classes fit")
def told_of_classes(context: Context, role: str, classes: str, columns: int, number: int) -> None:
    """With the rows of each class in all environments together."""
    told = context.linked
    assert_that(", ".join(f"{name}: {count}" for name, count in told["class_names"].items()), equal_to(classes), f"what {role} is told")
    point = has_entries(number_of_columns=has_entries(expected=columns, received=columns, match=True))
    assert_that(told, has_entries(status="passed", dataset_classes=number, output_class=number, match_points=point), f"what {role} is told")


@then("{string} is told how many of chosen rows each environment gives:")
@takes_table({"of": "word", "first": "int", "second": "int"}, others="int")
def told_of_chosen(context: Context, role: str, rows: Rows) -> None:
    """So many rows of each class, of all environments or of one; who is not asked gives none."""
    scene = context.scene
    clients = {place: recovery.at_place(scene, place).client_id for place in ("first", "second")}
    told = []
    for row in rows:
        wanted = {name: number for name, number in row.items() if name not in ("of", *clients)}
        asked = list(clients.values()) if row["of"] == "all" else [clients[row["of"]]]
        given = scene.person(role).backend.rows_of_each(scene.use_case.training_dataset_key, wanted, asked)
        told.append({**row, **{place: given.get(client_id, 0) for place, client_id in clients.items()}})
    assert_that(told, equal_to(rows), f"the rows that {role} is told of")


@then("{string} is told to make do with {int} processors and {int} GB of memory")
def told_of_machines(context: Context, role: str, processors: int, memory_gb: int) -> None:
    """The least that any of the environments has."""
    expected = {"cpu_cores": processors, "memory_gb": float(memory_gb), "gpu": False, "gpu_memory_gb": None}
    assert_that(context.linked["resources"], equal_to(expected), f"the machines that {role} is told of")


@then("{string} cannot fetch the template {string} for it: {string}")
def cannot_fetch_template(context: Context, role: str, template: str, words: str) -> None:
    """Though there is one of that name, for another task."""
    scene = context.scene
    backend, key = scene.person(role).backend, scene.use_case.training_dataset_key
    assert_that(refusals.outcome(lambda: backend.zoo_template(key, template)), equal_to(words), "what the platform says")


def _link(context: Context, role: str, model: str) -> None:
    scene, backend = context.scene, context.scene.person(role).backend
    file = experiments.model_file(model)
    backend.keep_model(file)
    context.linked = backend.link_kept_model(scene.use_case.training_dataset_key, file.stem)


def _copy(scene: Scene, name: str, content: bytes) -> Path:
    folder = scene.folder / "models"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(content)
    return file
