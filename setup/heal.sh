#!/bin/sh
# Repairs a running lab without ending its run. It resumes paused containers, starts stopped hosts, then restarts programs
# that lost the network of their host or do not answer. It removes programs without a host; Compose makes them again.
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
with start $(of_kind stopped | grep -- '-host$' || true)
unwell=$(unwell)
# shellcheck disable=SC2046
with 'rm --force' $(of_kind hostless)
# shellcheck disable=SC2046
with restart $(of_kind stopped astray silent | grep '^capture-' || true)
await_captures
# shellcheck disable=SC2046
with restart $(of_kind astray silent | grep -v '^capture-' || true)
