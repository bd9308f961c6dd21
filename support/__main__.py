"""`python -m support` is `ringmaster`."""

import gc
import io
import sys

# what is imported stays: looking through it for garbage again and again would take an eighth of the start
gc.disable()
from support.commands.application import main as command_line  # noqa: E402


def main() -> None:
    """Do what the command line asks for."""
    gc.freeze()
    gc.enable()
    for stream in (sys.stdout, sys.stderr):
        # a mark or a letter that the terminal's encoding lacks is written out, rather than the end of the run
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        command_line()
    finally:
        # at its end the interpreter would look through everything that is left once more
        gc.freeze()


if __name__ == "__main__":
    main()
