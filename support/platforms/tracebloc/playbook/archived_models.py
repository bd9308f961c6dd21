"""Training a model that was uploaded as an archive. Source: tracebloc SDK 1.2.63 (a .zip whose main file assigns `framework`)."""

from support.platforms.tracebloc.playbook import experiments
from support.platforms.tracebloc.sample_data.archives import archived
from support.platforms.tracebloc.scene import Person, Scene, Training


def start_by_script(scene: Scene, person: Person, model: str, batch_size: int) -> Training:
    """Somebody keeps a toy model as an archive on the platform and starts an experiment of one epoch and one cycle past the SDK."""
    file = experiments.model_file(model)
    archive = scene.folder / f"{file.stem}.zip"
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(archived(file.read_text(encoding="utf-8"), file.stem))
    with scene.story.part(f"{person.role} starts the {model} in an archive by a script") as part:
        kept = person.backend.keep_model(archive)["model_name"]
        plan = {"epochs": "1", "cycles": "1", "batch_size": str(batch_size)}
        name = scene.names.unique("experiment")
        part.detail = person.backend.start_experiment(scene.use_case.training_dataset_key, kept, name, **plan)["experiment_key"]
    training = Training(person, model, part.detail, epochs=1, cycles=1)
    scene.trainings.append(training)
    return training
