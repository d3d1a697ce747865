#!/bin/sh
# wire.sh [OFF=0|1] [NAME=VALUE…]: inserts the wire between both hosts of the running lab, changes what it does, or removes
# it. Without arguments it shows what is in force.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/checks.sh
. setup/stopping.sh
. setup/started.sh
. setup/wire-steps.sh

off=
case " $* " in
    *' OFF=1 '*) off=yes ;;
    *' OFF=0 '*) ;;
    *' OFF='*) stop "OFF is \"$(printf '%s\n' "$@" | sed -n 's/^OFF=//p')\"; allowed: 0, 1" ;;
esac
[ -z "$off" ] || [ $# -eq 1 ] || stop 'OFF can not be combined with other values; give one of them'
for pair; do
    shift
    case "$pair" in OFF=*) ;; *) set -- "$@" "$pair" ;; esac
done

lock_lab 'make wire'
read_containers
for host in client-host server-host http; do
    is_up "$host" || stop "the lab is not up: $host is not running" 'cure: make up'
done
use_settings_of_lab LAB_SUBNET LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS LAB_WIRE_ADDRESS LAB_CAPTURES_DIR LAB_SEED \
    LAB_CAPTURE_FILE_MB LAB_CAPTURE_FILES LAB_CAPTURE_BUFFER_KIB

if [ -n "$off" ]; then
    direct_packets
    if ! has_wire; then
        say 'there is no wire: both hosts send directly to each other'
        exit
    fi
    quietly docker compose stop wire
    quietly docker compose stop capture-wire
    quietly docker compose rm --force wire capture-wire wire-host
    quietly docker compose rm --stop --force wire-host
    say "the wire is removed; its files stay: $(shown "$LAB_CAPTURES_DIR")/wire.log, $(shown "$LAB_CAPTURES_DIR")/wire.pcap"
    exit
fi

new=
if ! has_wire; then
    if [ $# -eq 0 ]; then
        say 'there is no wire: both hosts send directly to each other'
        say 'make wire LOSS=0.05 inserts one that loses 5 % of all packets; make wire DELAY=0ms inserts one that changes nothing'
        exit
    fi
    docker exec "$COMPOSE_PROJECT_NAME-http-1" wire --check "$@"
    check_wire
    use_wire
    # An earlier wire of this run may have left conditions in its journal.
    new=RESET=1
    say 'inserting the wire'
fi
if [ $# -gt 0 ]; then
    { output=$(docker compose up --detach --no-build --no-recreate --no-deps wire-host wire capture-wire 2>&1 </dev/null) && wait_until_healthy; } || {
        reasons "$output" >&2
        stop 'the wire was not inserted; the reason is above'
    }
fi
if [ $# -eq 0 ] && ! is_up wire; then
    lost='pass without a fault and without an entry'
    is_up wire-host || lost='to the wire are lost'
    stop "the program of the wire does not run, so packets $lost" 'cure: make up, which continues this run; or make wire OFF=1'
fi
# shellcheck disable=SC2086
in_wire wire $new "$@"
[ $# -eq 0 ] || divert_packets
