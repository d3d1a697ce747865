#!/bin/sh
# hold-run.sh COMMAND…: as the owner of the captures folder, begins or continues the run and runs the command, which
# holds the lock on the record of the run for as long as the host runs: join.sh waits for that.
set -eu

chmod u+rwx,g=rx,o+x /captures # the servers pass through
# One lab at a time prepares a folder.
exec 8</captures
flock 8
"${0%/*}/begin-run.sh"
exec 9</captures/lab.log
flock 9
exec 8<&-
exec "$@"
