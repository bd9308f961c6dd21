"""In what order scenarios start."""

import random
from collections.abc import Sequence

from support.runner.planning.plan import Task


def in_order(tasks: Sequence[Task], *, workers: int, seed: str | None, short_first_seconds: float = 0.0) -> list[Task]:
    """The tasks in the order to start them: shuffled if there is a seed; else the longest first where several run at once.

    Args:
        tasks: in the order of the files.
        workers: how many run at once.
        seed: of the shuffled order.
        short_first_seconds: for so long the shortest come first, where several run at once and it is known how long they take.
    """
    if seed is not None:
        shuffled = list(tasks)
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order is no secret
        return shuffled
    if workers == 1:
        return list(tasks)
    seconds = _expected(tasks)
    longest_first = sorted(tasks, key=lambda task: -seconds[task])
    # what runs alone comes last, so that nobody has to wait for it twice; what disturbs others before that, with its company
    alone = [task for task in longest_first if task.exclusion.alone]
    disturbing = [task for task in longest_first if task.exclusion.disturbs and not task.exclusion.alone]
    company = _company_for(disturbing, longest_first, seconds, workers - 1)
    late = {*alone, *disturbing, *company}
    early = [task for task in longest_first if task not in late]
    is_known = any(task.expected is not None for task in tasks)
    short = _shortest(early, seconds, short_first_seconds * workers if is_known else 0.0)
    return short + early[: len(early) - len(short)] + disturbing + company + alone


def _expected(tasks: Sequence[Task]) -> dict[Task, float]:
    """Seconds that each will take: as long as in earlier runs, or as the others; all the same when nothing is known."""
    known = [task.expected for task in tasks if task.expected is not None]
    usual = sum(known) / len(known) if known else 1.0
    return {task: usual if task.expected is None else task.expected for task in tasks}


def _company_for(disturbing: Sequence[Task], longest_first: Sequence[Task], seconds: dict[Task, float], others: int) -> list[Task]:
    """What the other workers can do meanwhile, the longest first; made of short ones, since long ones are better begun early."""
    rules = {task.exclusion for task in disturbing}
    fitting = [task for task in longest_first if not task.exclusion.restricts and any(map(task.exclusion.allow, rules))]
    return _shortest(fitting, seconds, others * sum(seconds[task] for task in disturbing))[::-1]


def _shortest(longest_first: Sequence[Task], seconds: dict[Task, float], enough: float) -> list[Task]:
    """The shortest, shortest first, up to the one with which they take long enough together."""
    found: list[Task] = []
    for task in reversed(longest_first):
        if enough <= 0:
            break
        found.append(task)
        enough -= seconds[task]
    return found
