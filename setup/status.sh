#!/bin/sh
# make status: what runs, and how it is. Exits 1 when a row has a problem.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/rows.sh
. setup/lab-checks.sh

docker compose ps --all --format 'table {{.Service}}\t{{.Status}}\t{{.Ports}}'
echo
check_lab
[ "$problems" -eq 0 ]
