"""The command `ringmaster clean`."""

import click

from support.terminal import say


@click.command()
def clean() -> None:
    """Remove what killed runs left: processes, folders, files. What a living run uses is not touched."""
    from environments.ledger import clean_up_left_overs, known_runs

    removed = clean_up_left_overs()
    for thing in removed:
        say(f"removed {thing}")
    say("nothing was left over" if not removed else f"{len(removed)} left-overs removed")
    for living in known_runs():
        say(f"not touched: run {living.run_id}, which is under way or kept; `kill {living.owner_pid}` ends it")
