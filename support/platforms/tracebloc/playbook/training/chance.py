"""What guessing would reach, so that a metric can be called better than chance."""

from dataclasses import dataclass
from math import comb

from environments.errors import WrongScenario
from support.platforms.tracebloc.playbook.training.experiments import rows_kept_back
from support.platforms.tracebloc.sample_data.tasks import ToyTask, toy_task
from support.platforms.tracebloc.scene import UseCase


@dataclass(frozen=True)
class Chance:
    """What chance reaches in a metric, and from where on a model is clearly better."""

    metric: str
    guess: float
    bar: float
    higher_is_better: bool
    how: str

    def is_beaten_by(self, value: float) -> bool:
        """Whether a model that reaches this value is clearly better."""
        return value >= self.bar if self.higher_is_better else value <= self.bar

    def __str__(self) -> str:
        """In words, for the story."""
        limit = "from" if self.higher_is_better else "up to"
        return f"chance reaches {self.guess:.3f}, clearly better is {limit} {self.bar:.3f}: {self.how}"


def chance(task: ToyTask, rows: int, seed: int) -> Chance:
    """What chance reaches on `rows` examples of a task's toy data.

    Where rows have one of several equally frequent classes, somebody guesses, and reaches the bar in fewer than one of a hundred runs.
    Elsewhere the best answer that is the same for every row is taken for chance, and the bar is halfway from there to a perfect model.
    """
    if task.classes:
        how = f"among {task.classes} classes and on {rows} rows a guesser gets there in fewer than one of 100 runs"
        return Chance(task.metric, 1 / task.classes, better_than_guessing(task.classes, rows), True, how)
    if task.constant is None:
        raise ValueError(f"the toy task {task.category} says neither how many classes it has nor what a constant answer reaches")
    guess = task.constant(rows, seed)
    how = f"halfway between the best constant answer and {task.perfect:g}"
    return Chance(task.metric, guess, guess + (task.perfect - guess) / 2, task.higher_is_better, how)


def chance_on(use_case: UseCase, intent: str) -> Chance:
    """What chance reaches on the rows that a use case is measured on: those kept back from training (train), or the test rows (test).

    Raises:
        WrongScenario: several datasets of a task without classes, where chance depends on what each was made from.
    """
    task, datasets = toy_task(use_case.task), use_case.datasets_for(intent)
    if len(datasets) != 1 and not task.classes:
        raise WrongScenario(f"what chance reaches in {use_case.task} is known on one dataset to {intent}; the use case has {len(datasets)}")
    rows = sum(rows_kept_back(dataset) if intent == "train" else dataset.rows for dataset in datasets)
    return chance(task, rows, datasets[0].seed)


def better_than_guessing(classes: int, rows: int, risk: float = 0.01) -> float:
    """The smallest accuracy (0 to 1) that somebody who guesses among `classes` on `rows` rows reaches with a probability below `risk`."""
    share = 1 / classes
    tail = 1.0
    for right in range(rows + 1):
        if tail < risk:
            return right / rows
        tail -= comb(rows, right) * share**right * (1 - share) ** (rows - right)
    return 1.0
