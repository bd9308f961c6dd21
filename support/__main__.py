"""`python -m support` is `ringmaster`."""

from support.command_line import main

main()
