#!/bin/sh
# host.sh [PORT/PROTOCOL…]: owns a host's network namespace. Closes the host, whose ports are published on this machine;
# begins or continues the run as the owner of the captures folder, if the host has it; then gives up every right and sleeps.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

"$here/close.sh" "$@"
give_up='--reuid 10001 --regid 10001 --clear-groups --inh-caps=-all --ambient-caps=-all sleep infinity'
# shellcheck disable=SC2086
[ -d /captures ] || exec setpriv $give_up
# Root without any other right may not look into a folder of somebody else.
owner=$(stat -c %u:%g /captures)
keep=-all,+chown,+setuid,+setgid
# shellcheck disable=SC2086
exec setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --clear-groups --inh-caps="$keep" --ambient-caps="$keep" \
    "$here/hold-run.sh" setpriv $give_up
