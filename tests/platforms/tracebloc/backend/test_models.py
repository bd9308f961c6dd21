"""Uploading, checking, linking and fetching models."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.platforms.tracebloc.backend.people import MODEL, Owner, Person, RunningBackend, join
from tests.platforms.tracebloc.backend.test_secure_environments import HEARTBEAT

CLAIMS = {"file_type": ".py", "framework": "pytorch", "category": "tabular_classification", "classes": "3"}


def link(person: Person, dataset_key: str, model: str, expected: int = 202, **claims: str) -> Any:  # noqa: ANN401 - JSON
    """Link as the SDK does."""
    form = {"type": "linking_dataset", "dataset_key": dataset_key, "model_name": model, "match_point": '{"number_of_columns": 4}', **CLAIMS}
    return person.ask("POST", "/check-model/", expected, data={**form, **claims})


def archive(**members: bytes) -> bytes:
    """A zip of .py files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        for name, source in members.items():
            opened.writestr(f"{name}.py", source)
    return content.getvalue()


def test_an_uploaded_model_gets_a_name_of_its_own(person: Person) -> None:
    first, second = person.upload(), person.upload()
    assert first != second
    assert first.endswith("_net")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("net.py", b"category = 'tabular_classification'", "framework"),
        ("net.py", b"framework = input()\ncategory = 'x'", "framework"),
        ("net.py", b"def broken(:", "not valid Python"),
        ("net.txt", MODEL, ".py or .zip"),
        ("net.zip", b"no archive", "cannot be read"),
        ("net.zip", archive(helper=b"x = 1"), "framework"),
    ],
)
def test_a_file_that_is_no_model_is_refused_in_words(person: Person, name: str, content: bytes, words: str) -> None:
    data = {"model_name": "net", "type": "functional_test"}
    answer = person.ask("POST", "/check-model/", 202, data=data, files={"upload_file": (name, content)})
    assert answer["check_status"] is False
    assert words in answer["text"]
    assert answer["model_name"] is None


def test_a_model_file_is_never_run(person: Person, backend: RunningBackend) -> None:
    trace = backend.folder / "model-was-run"
    person.upload(MODEL + f"open({str(trace)!r}, 'w')\n".encode())
    assert not trace.exists()


def test_an_archive_is_read_by_the_model_file_in_it(person: Person) -> None:
    data = {"model_name": "net", "type": "functional_test"}
    content = archive(helper=b"x = 1", net=MODEL)
    answer = person.ask("POST", "/check-model/", 202, data=data, files={"upload_file": ("net.zip", content)})
    assert answer["check_status"] is True


def test_a_passed_link_tells_all_that_the_sdk_reads(owner: Owner, person: Person) -> None:
    use_case = owner.use_case(sites=2)
    join(person, use_case)
    for site, memory in zip(owner.sites, (2**33, 2**34), strict=True):
        site.client.post("/edge-device/heartbeat/", json={**HEARTBEAT, "memory_total_bytes": memory})
    answer = link(person, use_case["training_dataset_key"], person.upload())
    assert answer["status"] == "passed"
    assert answer["total_images"] == {site.client_id: 100 for site in owner.sites}
    assert answer["class_names"] == {"a": 80, "b": 80, "c": 40}
    assert answer["class_order"] == ["a", "b", "c"]
    assert answer["dataset_classes"] == answer["datasetClasses"] == answer["output_class"] == answer["outputClass"] == 3
    assert answer["match_points"]["number_of_columns"]["expected"] == 4
    assert (answer["allow_feature_modification"], answer["table_name"]) == (False, "flowers_train")
    assert answer["resources"] == {"cpu_cores": 4, "memory_gb": 8.0, "gpu": False, "gpu_memory_gb": None}


@pytest.mark.parametrize("claims", [{"classes": "2"}, {"match_point": '{"number_of_columns": 5}'}])
def test_a_model_of_another_shape_fails_to_link(owner: Owner, person: Person, claims: dict[str, Any]) -> None:
    use_case = owner.use_case()
    join(person, use_case)
    assert link(person, use_case["training_dataset_key"], person.upload(), **claims)["status"] == "failed"


def test_links_that_are_refused(owner: Owner, person: Person, stranger: Person) -> None:
    use_case, member = owner.publish(owner.draft(private=True)), person
    owner.person.ask("POST", f"/use-cases/{use_case['key']}/invitations/", 201, json={"emails": [member.email]})
    join(member, use_case)
    dataset, model = use_case["training_dataset_key"], member.upload()
    assert link(member, "unknown", model, 400)["message"] == "Dataset does not exist."
    assert link(member, use_case["test_dataset_key"], model, 400)["message"] == "Dataset does not exist."
    assert set(link(stranger, dataset, stranger.upload(), 403)) == {"detail"}
    assert link(member, dataset, stranger.upload(), 400)["message"].startswith("Model File Load Failed:")
    assert link(member, dataset, model, 409, category="image_classification")["code"] == "CATEGORY_MISMATCH"
    assert link(owner.person, dataset, owner.person.upload())["status"] == "passed"


def test_a_model_of_the_run_tab_is_linked_and_fetched_by_its_name(owner: Owner, person: Person, stranger: Person) -> None:
    use_case = owner.use_case()
    join(person, use_case)
    person.upload(name="plain")
    person.ask("GET", "/check-model/uploads/plain/model/", 404)
    files = {"upload_file": ("runnable.py", MODEL), "upload_weights": ("w.safetensors", b"weights")}
    stored = person.ask("POST", "/check-model/checks/", files=files)["model_name"]
    model = person.client.get("/check-model/uploads/runnable/model/")
    assert (model.content, model.headers["content-disposition"]) == (MODEL, 'attachment; filename="runnable.py"')
    weights = person.client.get("/check-model/uploads/runnable/weights/")
    assert weights.headers["content-disposition"] == 'attachment; filename="runnable_weights.safetensors"'
    person.ask("GET", "/check-model/uploads/runnable/tokenizer/", 404)
    stranger.ask("GET", "/check-model/uploads/runnable/model/", 404)

    form = {"type": "linking_dataset", "dataset_key": use_case["training_dataset_key"], "stored_model": "runnable"}
    linked = person.ask("POST", "/check-model/", 202, data=form)
    assert (linked["status"], linked["model_name"], linked["file_type"]) == ("passed", stored, ".py")
    refused = person.ask("POST", "/check-model/", 400, data={**form, "stored_model": "never-checked"})
    assert refused["code"] == "LOAD_FAILED"


def test_rows_are_shared_out_over_the_environments(owner: Owner, person: Person) -> None:
    use_case = owner.use_case(sites=2)
    join(person, use_case)
    form = {"type": "recalculate_image_count_per_edge", "dataset_key": use_case["training_dataset_key"]}
    clients = [site.client_id for site in owner.sites]

    def shares(expected: int = 200, **per_class: int) -> Any:  # noqa: ANN401 - JSON
        classes = {label.replace("everything", ""): rows for label, rows in per_class.items()}
        sent = {"edges_involved": json.dumps(clients), "data_per_class": json.dumps(classes)}
        return person.ask("POST", "/check-model/", expected, data={**form, **sent})

    assert shares(a=20, b=11)["total_data_per_edge"].keys() == set(clients)
    assert sum(shares(a=20, b=11)["total_data_per_edge"].values()) == 31
    assert shares(everything=150)["total_data_per_edge"] == dict.fromkeys(clients, 75)
    assert "80" in shares(400, a=81)["message"]
    schema = person.ask("GET", "/dataset/global_meta_data/", params={"dataset_id": use_case["training_dataset_key"]})["schema"]
    assert schema["petal_width"] == "DOUBLE"
