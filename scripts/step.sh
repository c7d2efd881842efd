#!/usr/bin/env bash
# Runs one named step of a make target, and says how it went and how many seconds it took.
#
#   scripts/step.sh NAME COMMAND [ARGUMENT…]
set -uo pipefail

name=$1
shift
printf '\n==> %s\n' "$name"
SECONDS=0
"$@"
status=$?
if [ "$status" -eq 0 ]; then
  printf '==> %s: ok, %d s\n' "$name" "$SECONDS"
else
  printf '==> %s: FAILED with exit code %d after %d s\n' "$name" "$status" "$SECONDS" >&2
fi
exit "$status"
