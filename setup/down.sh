#!/bin/sh
# make down: ends the lab. The programs stop before the captures, so that the captures have their last packets.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/lab-checks.sh
. setup/run-record.sh

# say_packets HOST: prints how many packets its captures have of this run, and how many are missing.
say_packets() {
    records=$(capture_records "$1")
    of_records() { printf '%s\n' "$records" | "$@"; }
    file=$(shown_folder)/$1.pcap
    printf '%s  %s packets captured, %s dropped by the kernel' "$file" "$(of_records sum captured)" "$(of_records sum dropped)"
    missing=$(of_records sum packets)
    removed=$(of_records sum removed)
    [ "$missing" -eq 0 ] || printf ', %s missing' "$missing"
    [ "$removed" -eq 0 ] || printf ', %s removed with the oldest files (LAB_CAPTURE_FILES=%s)' "$removed" "$LAB_CAPTURE_FILES"
    echo
    of_records gaps | sed 's/^/warning: /'
    of_records no_room | sed 's/^/warning: /'
}

# guests: the containers of others on the network of the lab, in one line.
guests() {
    docker network inspect --format '{{range .Containers}}{{println .Name}}{{end}}' "${COMPOSE_PROJECT_NAME}_lab" 2>/dev/null |
        paste -s -d ' ' - | sed 's/ *$//'
}

# Compose can't remove a network that has other containers.
remove_lab() {
    output=$(docker compose down --remove-orphans 2>&1 </dev/null) && failed= || failed=yes
    found=$(guests)
    network=${COMPOSE_PROJECT_NAME}_lab
    [ -z "$found" ] ||
        stop "the lab has ended, but its network $network stays, because other containers are on it: $found" \
            "cure: for name in $found; do docker network disconnect $network \$name; done && make down"
    [ -z "$failed" ] || stop "$output"
}

lock_lab 'make down'
read_containers
! has_player || end_player
if [ -z "$containers" ]; then
    # An interrupted make up can have left a network without containers.
    remove_lab
    say 'no lab is up'
    exit
fi
! has_live || quietly docker compose rm --stop --force live live-client answers
# shellcheck disable=SC2046
quietly docker compose stop http echo client $(! has_flow || echo flow)
captures=$(for host in $(captured_hosts); do echo "capture-$host"; done)
! has_wire || quietly docker compose stop wire
# shellcheck disable=SC2086
quietly docker compose stop $captures
use_settings_of_lab LAB_CAPTURE_FILES
for host in $(captured_hosts); do say_packets "$host"; done
# A killed capture leaves .run.
kept=$(captures_of_lab)
[ -n "$kept" ] && is_own_run "$kept" || kept=
remove_lab
[ -z "$kept" ] || rm -rf "$kept/.run"
say 'the lab is down'
