#!/bin/sh
# make status: shows what runs, and whether it is well. Exits 1 if a row has a problem.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/rows.sh
. setup/lab-checks.sh

read_containers
docker compose ps --all --format 'table {{.Service}}\t{{.Status}}\t{{.Ports}}'
echo
check_lab
[ "$problems" -eq 0 ]
