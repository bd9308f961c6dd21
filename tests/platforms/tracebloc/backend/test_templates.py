"""The model zoo: its templates for a dataset, and the weights some were pretrained with."""

import hashlib
import io
from importlib.util import module_from_spec, spec_from_file_location

import httpx
import pytest
import torch

from environments.platforms.tracebloc.backend.models.templates import Template, templates
from support.platforms.tracebloc.sample_data.datasets import class_names, feature_names, toy_table
from tests.platforms.tracebloc.backend.people import Owner, Person, join

IDENTITY = "tabular_classification/pytorch/two_layer_perceptron"
OTHER_TASK = "tabular_regression"


@pytest.fixture(params=[template for template in templates() if template.seed.exists()], ids=lambda template: template.identity)
def seeded(request: pytest.FixtureRequest) -> Template:
    """Each template that has a seed."""
    template: Template = request.param
    return template


def test_a_template_is_fetched_for_a_dataset_of_its_task(owner: Owner, person: Person, stranger: Person) -> None:
    use_case = owner.use_case()
    join(person, use_case)
    asked = {"dataset": use_case["training_dataset_key"], "template": IDENTITY}
    answer = person.client.get("/model-zoo/templates/model/", params=asked)
    assert answer.headers["content-disposition"] == 'attachment; filename="two_layer_perceptron.py"'
    assert b"class TwoLayerPerceptron" in answer.content
    person.ask("GET", "/model-zoo/templates/tokenizer/", 404, params=asked)
    person.ask("GET", "/model-zoo/templates/model/", 404, params={**asked, "template": "tabular_classification/pytorch/unknown"})
    person.ask("GET", "/model-zoo/templates/model/", 404, params={**asked, "dataset": "unknown"})
    stranger.ask("GET", "/model-zoo/templates/model/", 404, params=asked)


def test_a_seed_is_described_and_downloaded_without_a_token(person: Person) -> None:
    record = person.ask("GET", "/zoo-weights/two_layer_perceptron/")
    assert record == person.ask("GET", "/zoo-weights/two_layer_perceptron/", params={"category": "tabular_classification"}) | {
        "url": record["url"]
    }
    content = httpx.get(record["url"]).content
    assert (len(content), hashlib.sha256(content).hexdigest()) == (record["size_bytes"], record["sha256"])
    assert (record["file"], record["category"]) == ("two_layer_perceptron_weights.pkl", "tabular_classification")
    person.ask("GET", "/zoo-weights/two_layer_perceptron/", 404, params={"category": OTHER_TASK})
    person.ask("GET", "/zoo-weights/resnet_18/", 404)


def test_a_template_is_linked_as_a_copy_that_can_be_started(owner: Owner, person: Person) -> None:
    owner_of_rows = owner.use_case()
    join(person, owner_of_rows)
    form = {"type": "linking_dataset", "dataset_key": owner_of_rows["training_dataset_key"]}
    # the template is for 8 columns and the flowers have 4: that is said, and the copy is named all the same
    linked = person.ask("POST", "/check-model/", 202, data={**form, "template": IDENTITY})
    assert (linked["status"], linked["match_points"]["number_of_columns"]["received"], linked["file_type"]) == ("failed", 8, ".py")
    again = person.ask("POST", "/check-model/", 202, data={**form, "template": IDENTITY})
    assert again["model_name"] == linked["model_name"]
    started = person.start(owner_of_rows, model_name=linked["model_name"])
    assert started["experiment_key"]
    assert person.ask("POST", "/check-model/", 400, data={**form, "template": "a/b/unknown"})["code"] == "LOAD_FAILED"


def test_a_seed_fits_its_template_and_has_learnt_something(seeded: Template) -> None:
    spec = spec_from_file_location(seeded.file.stem, seeded.file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    model: torch.nn.Module = getattr(module, module.main_class)()
    model.load_state_dict(torch.load(io.BytesIO(seeded.seed.read_bytes()), weights_only=True))
    rows = toy_table(300, seed=7)
    values = torch.tensor([[float(row[name]) for name in feature_names()] for row in rows])
    expected = torch.tensor([class_names().index(str(row["label"])) for row in rows])
    assert (model(values).argmax(1) == expected).float().mean() > 0.9
