"""Creating, publishing and joining use cases. Source: our choice (the web flows are not public)."""

from collections.abc import Sequence
from typing import Any

from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.sample_data.tasks import toy_task
from support.platforms.tracebloc.scene import IngestedDataset, Person, Scene, UseCase


def publish_on_all_datasets(
    scene: Scene,
    task: str,
    score: str,
    petaflops: float = 1.0,
    domains: Sequence[str] = (),
    higher_is_better: bool | None = None,
    private: bool = True,
) -> UseCase:
    """A use case stands published on all datasets of the scenario, with a budget for each team; nobody is invited yet."""
    use_case = create_draft(scene, scene.person("the owner"), task, private, domains)
    attach_datasets(scene, use_case, scene.datasets)
    describe(scene, use_case, score, higher_is_better)
    publish(scene, use_case, petaflops, invited=[])
    return use_case


def create_draft(scene: Scene, owner: Person, task: str, private: bool = True, domains: Sequence[str] = ()) -> UseCase:
    """The owner creates a use case, which is a draft at first."""
    with scene.story.part(f"{owner.role} creates a use case for {task}") as part:
        title = scene.names.unique("use case")
        answer = owner.backend.create_use_case(title, toy_task(task).category, private=private, domains=domains)
        part.detail = str(answer["title"])
    use_case = UseCase(answer["key"], owner, task=task)
    scene.use_cases.append(use_case)
    return use_case


def attach_datasets(scene: Scene, use_case: UseCase, datasets: list[IngestedDataset]) -> None:
    """The owner attaches ingested datasets, each for what it was ingested for."""
    use_case.datasets = list(datasets)
    with scene.story.part("the datasets are attached") as part:
        keys = {intent: [dataset.dataset_key for dataset in use_case.datasets_for(intent)] for intent in ("train", "test")}
        answer = use_case.owner.backend.attach_datasets(use_case.key, training=keys["train"], test=keys["test"])
        use_case.training_dataset_key = answer["training_dataset_key"]
        part.detail = f"{len(keys['train'])} to train, {len(keys['test'])} to test"


def describe(scene: Scene, use_case: UseCase, score: str, higher_is_better: bool | None = None) -> None:
    """The owner sets the score and the description; which score is better follows from the task, unless it is said."""
    higher = toy_task(use_case.task).higher_is_better if higher_is_better is None else higher_is_better
    with scene.story.part(f"the score {score} and the description are set"):
        use_case.owner.backend.change_use_case(
            use_case.key,
            description="Toy data of the QA playbook",
            rules="Be fair",
            score={"metric": score, "higher_is_better": higher},
        )


def allow_feature_modification(scene: Scene, use_case: UseCase) -> None:
    """The owner lets participants combine columns into new ones."""
    with scene.story.part("participants may combine columns"):
        use_case.owner.backend.change_use_case(use_case.key, allow_feature_modification=True)


def publish(scene: Scene, use_case: UseCase, petaflops: float, invited: list[Person]) -> Json:
    """The owner sets the budget, invites collaborators and publishes; returns the use case as the platform shows it."""
    backend = use_case.owner.backend
    with scene.story.part(f"the budget of {petaflops} PetaFLOPs is set"):
        backend.change_use_case(use_case.key, budget_petaflops=petaflops)
    if invited:
        with scene.story.part(f"{len(invited)} collaborators are invited by e-mail"):
            backend.invite(use_case.key, [person.email for person in invited])
    with scene.story.part("the use case is published"):
        return backend.publish(use_case.key)


def join(scene: Scene, use_case: UseCase, person: Person) -> dict[str, Any]:
    """Somebody accepts the rules and joins; returns their team."""
    with scene.story.part(f"{person.role} accepts the rules and joins") as part:
        team: dict[str, Any] = person.backend.join(use_case.key)["team"]
        part.detail = f"team {team['name']}"
    return team
