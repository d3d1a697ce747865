#!/bin/sh
# hold-run.sh COMMAND…: begins or continues the run, as the owner of the captures folder, then runs the command. The command
# holds a lock on the record of the run while the host runs. join.sh waits for that lock.
set -eu

chmod u+rwx,g=rx,o+x /captures # the servers need x to open their files
# Only one lab at a time may prepare a folder.
exec 8</captures
flock 8
"${0%/*}/begin-run.sh"
exec 9</captures/lab.log
flock 9
exec 8<&-
exec "$@"
