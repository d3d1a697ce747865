#!/bin/sh
# live.sh [OFF=0|1] [RUN=FOLDER]: starts the live view of the running lab, or of the captures of an earlier run, and prints its
# link. OFF=1 ends it.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/checks.sh
. setup/stopping.sh
. setup/started.sh

off='' run=''
for pair; do
    case "$pair" in
        OFF=1) off=yes ;;
        OFF=0) ;;
        OFF=*) stop "OFF is \"${pair#OFF=}\"; allowed: 0, 1" ;;
        RUN=*) run=${pair#RUN=} ;;
    esac
done
[ -z "$off" ] || [ $# -eq 1 ] || stop 'OFF can not be combined with RUN; give one of them'

if [ -n "$run" ]; then
    folder=$(canonical "$(case "$run" in /*) echo "$run" ;; *) echo "$PWD/$run" ;; esac)")
    [ -e "$folder/server.pcap" ] || [ -e "$folder/client.pcap" ] ||
        stop "RUN is \"$run\", and that folder has no capture; allowed: the folder of a run" 'make runs lists them'
fi

lock_lab 'make live'
check_settings
if [ -n "$run" ]; then setup/engine.sh; fi
read_containers

if [ -n "$off" ]; then
    if ! has_live; then
        say 'there is no live view'
        exit
    fi
    quietly docker compose rm --stop --force live live-client
    docker network rm "${COMPOSE_PROJECT_NAME}_live" >/dev/null 2>&1 || true
    say 'the live view has ended'
    exit
fi

if [ -n "$run" ]; then
    setup/images.sh
    export LIVE_FOLDER="$folder" LIVE_RUN="$run"
    services=live
else
    for service in client-host server-host client http echo; do
        is_up "$service" || stop "the lab is not up: $service is not running" 'cure: make up' 'an earlier run: make live RUN=captures/archive/…'
    done
    use_settings_of_lab LAB_SUBNET LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS LAB_WIRE_ADDRESS LAB_CAPTURES_DIR LAB_WORK_DIR \
        HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT FLOW_PORT LAB_TOKEN LAB_BASIC LAB_TCP_CONGESTION
    services='live live-client flow'
fi
is_up live || check_live_port
has_live || use_live
# shellcheck disable=SC2086
{ output=$(docker compose up --detach --no-build --no-deps $services 2>&1 </dev/null) && wait_until_healthy; } || {
    reasons "$output" >&2
    stop 'the live view was not started; the reason is above'
}

# class_name: what browsers of a class call this machine.
class_name() {
    case "$LIVE_ADDRESS" in
        127.*) return ;;
        0.0.0.0) ;;
        *) class=$LIVE_ADDRESS ;;
    esac
    [ -z "$LIVE_NAMES" ] || class=${LIVE_NAMES%%,*}
    : "${class:=$(ip -4 -o addr show scope global 2>/dev/null | awk '$2 !~ /^(br-|docker)/ { sub(/\/.*/, "", $4); print $4; exit }')}"
    printf '%s\n' "${class:-$(hostname)}"
}

links=$(docker exec --user 10001 "$COMPOSE_PROJECT_NAME-live-1" live "$(class_name)")
printf '%s\n' "$links"
# Without a browser, the printed link is enough.
[ -n "${LAB_PIPED-}" ] && [ "$LAB_PIPED" != no ] || [ ! -t 1 ] || for opener in xdg-open open; do
    command -v "$opener" >/dev/null || continue
    [ "$opener" = open ] || [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ] || continue
    "$opener" "$(printf '%s\n' "$links" | grep -o 'http://[^ ]*' | sed 1q)" >/dev/null 2>&1 </dev/null &
    break
done
