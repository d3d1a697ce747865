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

# What server-host says about itself while the lab is up, so that a second make up changes nothing.
seed_in_force() {
    docker compose exec --no-TTY http printenv LAB_SEED 2>/dev/null || true
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

if ! quietly docker compose up --detach --wait --wait-timeout 60 --remove-orphans; then
    docker compose logs --no-log-prefix http echo capture-server capture-client 2>/dev/null |
        grep -E '^(error|warning|tcpdump|setpriv):' | sort -u >&2 || true
    quietly docker compose down
    stop 'the lab did not come up (the reason is above) and was taken down again'
fi

cat <<UP
wirelab is up

    server host  $(printf %-15s "$LAB_SERVER_ADDRESS")  http $HTTP_PORT/tcp   echo $ECHO_PORT/tcp and udp   (also on 127.0.0.1)
    client host  $(printf %-15s "$LAB_CLIENT_ADDRESS")  client, nc, curl
    captures     $LAB_CAPTURES_DIR/server.pcap, $LAB_CAPTURES_DIR/client.pcap
    seed         $LAB_SEED ($origin)

Next: make balance
UP
