#!/bin/sh
# make logs: shows what the programs of a running lab print. It ends with Ctrl-C, which is no error.
set -eu
. "$(dirname "$0")/lib.sh"

said=$(mktemp)
at_exit 'rm -f "$said"'
trap 'exit 0' INT
code=0
docker compose logs --follow --tail 100 2>"$said" || code=$?
cat "$said" >&2
exit "$code"
