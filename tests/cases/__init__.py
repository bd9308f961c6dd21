"""Small projects that a run has to give a certain outcome for: each folder is one, with `features/` and `expected.toml`.

A case may bring `steps/` and `environment.py`; without steps of its own it gets those in `steps/` here. In `expected.toml` each `[[run]]`
is one run of `ringmaster run`:

    arguments   what follows the command; nothing if left out
    exit_code   what it has to end with
    statuses    how each scenario has to end, by its name: all that ran, in any order
    says        words that the output has to hold
    never_says  words that it must not hold
"""
