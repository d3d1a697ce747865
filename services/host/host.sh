#!/bin/sh
# host.sh [PORT/PROTOCOL…]: owns a host's network namespace. Closes the host, whose ports are published on this machine;
# begins or continues the run, if the host has the captures folder; then gives up every right and sleeps.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

"$here/close.sh" "$@"
if [ -d /captures ]; then
    # One lab at a time prepares a folder.
    exec 8</captures
    flock 8
    owner=$(stat -c %u:%g /captures)
    setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --clear-groups \
        --inh-caps=-all,+chown --ambient-caps=-all,+chown "$here/begin-run.sh"
    # The record of a run is locked for as long as its host runs: join.sh waits for that.
    exec 9</captures/lab.log
    flock 9
    exec 8<&-
fi
exec setpriv --reuid 10001 --regid 10001 --clear-groups --inh-caps=-all sleep infinity
