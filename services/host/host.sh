#!/bin/sh
# host.sh [PORT/PROTOCOL…]: owns the network namespace of a host. It chooses the congestion control of TCP, and closes the
# host, except for these published ports. If
# the host has the captures folder, it begins or continues the run, as the owner of that folder. Then it gives up all
# rights and sleeps.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

"$here/congestion.sh" begin "$LAB_TCP_CONGESTION"
"$here/close.sh" "$@"
give_up='--reuid 10001 --regid 10001 --clear-groups --inh-caps=-all --ambient-caps=-all sleep infinity'
# shellcheck disable=SC2086
[ -d /captures ] || exec setpriv $give_up
# Root without capabilities may not look into another user's folder.
owner=$(stat -c %u:%g /captures)
keep=-all,+chown,+setuid,+setgid
# shellcheck disable=SC2086
exec setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --clear-groups --inh-caps="$keep" --ambient-caps="$keep" \
    "$here/hold-run.sh" setpriv $give_up
