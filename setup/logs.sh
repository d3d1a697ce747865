#!/bin/sh
# make logs, in a lab that is up: what its programs print. Ctrl-C is how it ends, and no error.
set -eu
. "$(dirname "$0")/lib.sh"

said=$(mktemp)
at_exit 'rm -f "$said"'
trap 'exit 0' INT
code=0
docker compose logs --follow --tail 100 2>"$said" || code=$?
cat "$said" >&2
exit "$code"
