#!/bin/sh
# make up: the whole lab, from whatever this machine has to healthy containers, or nothing at all.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/checks.sh

ok() { :; }
problem() {
    what=$2
    shift 2
    cures=$(printf 'cure: %s\n' "$@")
    stop "$what" "$cures"
}

# A second make up, while the lab is up, goes on with the seed that the first one drew.
seed_in_force() {
    docker compose exec --no-TTY http printenv LAB_SEED 2>/dev/null || true
}

# What Compose says beside its progress, then what the programs that are not well print on stderr. A program
# that was started again says it again.
reasons() {
    printf '%s\n' "$1" | grep -vE '^ (Network|Volume|Container) ' || true
    for container in $(docker compose ps --all --quiet http echo capture-server capture-client); do
        docker inspect --format '{{.State.Health.Status}}' "$container" | grep -q '^healthy$' ||
            docker logs --tail 40 "$container" 2>&1 >/dev/null | awk '!said[$0]++'
    done
}

new_seed() { od -An -N4 -tx1 /dev/urandom | tr -d ' \n'; }

containers=$(lab_containers 2>/dev/null) || { setup/engine.sh && containers=$(lab_containers); }
setup/images.sh
origin=LAB_SEED
if printf '%s\n' "$containers" | grep -q ' running '; then
    others=$(printf '%s\n' "$containers" | awk -v here="$PWD" '$3 != here { print $3; exit }')
    [ -z "$others" ] || check_leftover
    if [ -z "$LAB_SEED" ]; then
        LAB_SEED=$(seed_in_force)
        origin='as before'
    fi
else
    if [ -n "$containers" ]; then
        say 'removing what an earlier lab left'
        quietly docker compose down --remove-orphans
    fi
    check_subnet
    check_ports
    check_captures
    setup/new-run.sh
fi
if [ -z "$LAB_SEED" ]; then
    LAB_SEED=$(new_seed)
    origin="drawn; the same run again: LAB_SEED=$LAB_SEED make up"
fi
export LAB_SEED

output=$(docker compose up --detach --wait --wait-timeout 60 --remove-orphans 2>&1 </dev/null) || {
    reasons "$output" >&2
    quietly docker compose down
    stop 'the lab did not come up (the reason is above) and was taken down again'
}

cat <<UP
wirelab is up

    server host  $(printf %-15s "$LAB_SERVER_ADDRESS")  http $HTTP_PORT/tcp   echo $ECHO_PORT/tcp and udp   (also on 127.0.0.1)
    client host  $(printf %-15s "$LAB_CLIENT_ADDRESS")  client, nc, curl
    captures     $LAB_CAPTURES_DIR/server.pcap, $LAB_CAPTURES_DIR/client.pcap
    seed         $LAB_SEED ($origin)

Next: make balance
UP
