#!/bin/bash
# Becomes a machine of its own, inside namespaces that the caller made, and runs a command there.
# usage: enter.sh FOLDER PROGRAMS COMMAND [ARGUMENT...]
set -euo pipefail
folder=$1 programs=$2
shift 2

# the scripts put this folder first on their PATH, so that nothing of the real machine comes before the stand-ins
mount --bind "$programs" /usr/local/sbin
mount --bind "$folder" "$folder"

# all the rest can be read only; flags that a mount has already must be said again
while read -r _ _ _ _ target options _; do
  target=$(printf '%b' "$target")
  case $target in
    /dev | /dev/* | /proc | /proc/* | /sys | /sys/* | "$folder") continue ;;
  esac
  [ -e "$target" ] || continue
  mount -o "remount,bind,ro,${options#r[ow],}" "$target"
done </proc/self/mountinfo

cd "$folder"
exec "$@"
