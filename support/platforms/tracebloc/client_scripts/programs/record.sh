# Read by every stand-in: adds its call to the machine's list, one line each, quoted for a shell.
printf '%q ' "${0##*/}" "$@" >>"$MACHINE/calls"
echo >>"$MACHINE/calls"
