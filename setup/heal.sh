#!/bin/sh
# Mends a lab that is up, in the run that it has: what is paused goes on, then hosts that are not running start, then
# programs that are not on the network of their host or do not answer. Compose makes anew what has no host any more.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/lab-checks.sh

containers_of() { for service; do docker compose ps --all --quiet "$service"; done; }

# of_kind WORD…: the services that are not well in these ways.
of_kind() {
    for kind; do printf '%s\n' "$unwell" | awk -v kind="$kind" '$2 == kind { print $1 }'; done
}

# with COMMAND SERVICE…: runs docker COMMAND on their containers, if there are any.
with() {
    command=$1
    shift
    [ $# -eq 0 ] || {
        say "mending the lab: $command $*"
        # shellcheck disable=SC2046,SC2086
        quietly docker $command $(containers_of "$@")
    }
}

# Until the captures that have started capture: what programs send before that is in none.
await_captures() {
    for _ in $(seq 300); do
        docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --format '{{.Names}} {{.Status}}' |
            grep -q -- '-capture-.*starting' || return 0
        sleep 0.1
    done
}

# Docker calls what was paused unhealthy until its next check, within 10 s; the client has one a day, and starts again.
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
