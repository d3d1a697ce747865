#!/bin/sh
# start.sh: opens the device of the wire, switches to user 10001, and runs the program. First it waits until the host of the
# wire has made the journal.
set -eu
looks=0
until [ -e /captures/wire.log ] && [ -e /sys/class/net/tun0/carrier ]; do
    looks=$((looks + 1))
    if [ "$looks" -eq 600 ]; then
        echo 'there is no captures/wire.log after 30 s; see docker compose logs wire-host' >&2
        exit 1
    fi
    sleep 0.05
done
exec perl services/wire/open-tun.pl setpriv --reuid 10001 --regid 10005 --clear-groups --inh-caps=-all --ambient-caps=-all \
    node services/wire/main.ts "$@"
