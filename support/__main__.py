"""`python -m support` is `ringmaster`."""

import gc
import os
import signal


def _end(number: int, _frame: object) -> None:
    # nothing is there yet that would have to be ended in order
    os._exit(128 + number)


# first of all, since a third of a second goes by until a command takes over; SIGINT also where a shell has a script's background ignore it,
# but not SIGHUP where it is ignored, which is what nohup is for
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if _number != signal.SIGHUP or signal.getsignal(_number) is not signal.SIG_IGN:
        signal.signal(_number, _end)
# what is imported stays: looking through it for garbage again and again would take an eighth of the start
gc.disable()
from support.system_errors import survived  # noqa: E402


def main() -> None:
    """Do what the command line asks for."""
    with survived():
        from support.commands.application import main as command_line

        gc.freeze()
        gc.enable()
        try:
            command_line()
        finally:
            # at its end the interpreter would look through everything that is left once more
            gc.freeze()


if __name__ == "__main__":
    main()
