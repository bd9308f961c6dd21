"""behave asks the results' own rule whether a step failed or is in error, so that hooks, counts and all reports see the same.

Source: behave 1.3.3 (`Step._process_error`, which it calls with everything that a step raises, before the hooks after the step).
"""

from behave.model import Step
from behave.model_type import Status

from support.results.failures.explain import words_of
from support.results.failures.kinds import status_of_error

JUDGED = (Status.failed, Status.error)


def judge_errors_by_results() -> None:
    """Have behave set that status; more than once does no harm."""
    process = Step._process_error
    if getattr(process, "judges", False):
        return

    def judge(step: Step, exception: BaseException, use_traceback: bool = False, name: str | None = None) -> str:
        if step.status in JUDGED:
            step.status = Status[status_of_error(exception).value]
        try:
            return str(process(step, exception, use_traceback, name))
        except KeyboardInterrupt:
            raise
        except BaseException:
            # the error's own code raised when it was asked for its text
            step.store_exception_context(exception)
            return words_of(exception)

    judge.judges = True  # type: ignore[attr-defined]
    Step._process_error = judge
