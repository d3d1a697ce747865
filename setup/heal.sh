#!/bin/sh
# Repairs a running lab without ending its run. It resumes paused containers, connects hosts to their network again, starts
# stopped hosts, then restarts programs that lost the network of their host or do not answer. It removes programs without a host; Compose makes them again.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/lab-checks.sh

containers_of() { for service; do docker compose ps --all --quiet "$service"; done; }

# of_kind WORD…: the services with these problems.
of_kind() {
    for kind; do printf '%s\n' "$unwell" | awk -v kind="$kind" '$2 == kind { print $1 }'; done
}

# with COMMAND SERVICE…: runs docker COMMAND on the containers of these services, if there are any.
with() {
    command=$1
    shift
    [ $# -eq 0 ] || {
        say "repairing the lab: $command $*"
        # shellcheck disable=SC2046,SC2086
        quietly docker $command $(containers_of "$@")
    }
}

# connect HOST…: gives each its address on the network of the lab again, and leaves it stopped: routes of a running host would be
# in the way. Compose would not connect an existing container.
connect() {
    [ $# -gt 0 ] || return 0
    network=${COMPOSE_PROJECT_NAME}_lab
    docker network inspect "$network" >/dev/null 2>&1 ||
        quietly docker network create --subnet "$LAB_SUBNET" --label "com.docker.compose.project=$COMPOSE_PROJECT_NAME" \
            --label com.docker.compose.network=lab "$network"
    for host; do
        case "$host" in
            server-host) address=$LAB_SERVER_ADDRESS ;;
            client-host) address=$LAB_CLIENT_ADDRESS ;;
            wire-host) address=$LAB_WIRE_ADDRESS ;;
        esac
        say "repairing the lab: connect $host to $network"
        quietly docker stop "$COMPOSE_PROJECT_NAME-$host-1"
        quietly docker network connect --ip "$address" --alias "$host" "$network" "$COMPOSE_PROJECT_NAME-$host-1"
    done
}

# without_interface: the hosts whose capture misses the network interface. The interface is set up when a host starts.
without_interface() {
    for side in server client wire; do
        case "$(docker exec "$COMPOSE_PROJECT_NAME-capture-$side-1" cat /tmp/state 2>/dev/null)" in
            *'No such device'* | *'device is not up'*) echo "$side-host" ;;
        esac
    done
}

# Waits until the captures capture. Packets that programs send before are in no file.
await_captures() {
    for _ in $(seq 300); do
        docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --format '{{.Names}} {{.Status}}' |
            grep -q -- '-capture-.*starting' || return 0
        sleep 0.1
    done
}

# After a pause, Docker calls a container unhealthy until its next check, within 10 s. The client's check runs once a day, so
# it restarts instead.
await_checks() {
    for _ in $(seq 150); do
        docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter health=unhealthy \
            --format '{{.Label "com.docker.compose.service"}}' | grep -qvx client || return 0
        sleep 0.1
    done
}

unwell=$(unwell)
[ -n "$unwell" ] || exit 0
paused=$(of_kind paused)
# shellcheck disable=SC2086
with unpause $paused
[ -z "$paused" ] || await_checks
unwell=$(unwell)
# shellcheck disable=SC2046
connect $(of_kind disconnected)
unwell=$(unwell)
# shellcheck disable=SC2046
with start $(of_kind stopped | grep -- '-host$' || true)
# shellcheck disable=SC2046
with restart $(without_interface)
unwell=$(unwell)
# shellcheck disable=SC2046
with 'rm --force' $(of_kind hostless)
# shellcheck disable=SC2046
with restart $(of_kind stopped astray silent | grep '^capture-' || true)
await_captures
# shellcheck disable=SC2046
with restart $(of_kind astray silent | grep -v '^capture-' || true)
