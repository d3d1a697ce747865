#!/bin/sh
# live.sh [OFF=0|1] [RUN=FOLDER]: starts the live view of the running lab, or plays the run in a folder, and prints its links.
# If it runs already, applies changed settings and prints the links again. OFF=1 ends it.
set -eu
own='LIVE_PORT LIVE_ADDRESS LIVE_CLASS_PORT LIVE_NAMES LIVE_VIEWERS LIVE_TERMINAL LIVE_RUN_SECONDS'
asked_for=" $(for name in $own; do eval "[ -z \"\${$name-}\" ] || printf '%s ' \"\$name\""; done)"
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
[ -z "$off$run" ] || [ $# -eq 1 ] || stop 'OFF can not be combined with RUN; give one of them'

# end_live: ends the live view of the lab. What make flow needs stays.
end_live() {
    quietly docker compose rm --stop --force live live-client answers
    docker network rm "${COMPOSE_PROJECT_NAME}_live" >/dev/null 2>&1 || true
}

# keep_settings: a live view that runs keeps its settings, except for those that were typed.
keep_settings() {
    is_up live || return 0
    for name in $own; do
        case "$asked_for" in *" $name "*) ;; *) use_settings_of_lab "$name" ;; esac
    done
}

# publishes CONTAINER: true if that container has LIVE_PORT or LIVE_CLASS_PORT.
publishes() { docker port "$1" 2>/dev/null | grep -Eq "^($LIVE_PORT|$LIVE_CLASS_PORT)/"; }

# start SERVICE…: starts them, or applies changed settings.
start() {
    is_up live || check_live_ports
    { output=$(docker compose up --detach --no-build --no-deps "$@" 2>&1 </dev/null) && wait_until_healthy; } || {
        reasons "$output" >&2
        stop 'the live view was not started; the reason is above'
    }
}

# class_name: what the browsers of a class call this machine. Nothing if only this machine has the page.
class_name() {
    case "$LIVE_ADDRESS" in
        127.*) return ;;
        0.0.0.0) name=$(own_address) ;;
        *) name=$LIVE_ADDRESS ;;
    esac
    [ -z "$LIVE_NAMES" ] || name=${LIVE_NAMES%%,*}
    printf '%s\n' "${name:-$(hostname)}"
}

# own_address: the address from which this machine would send to another network. No packet is sent.
own_address() {
    if command -v ip >/dev/null; then
        ip -4 route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \([^ ]*\).*/\1/p'
    elif command -v ipconfig >/dev/null; then
        ipconfig getifaddr "$(route -n get default 2>/dev/null | awk '/interface:/ { print $2 }')" 2>/dev/null
    fi || true
}

# show CONTAINER: prints the links. It opens no browser, because every user of this machine can read the arguments of a program.
show() { docker exec --user 10001 "$1" live "$(class_name)"; }

# play: Compose makes the network of the lab too, with addresses that no other network has (RFC 5737). It goes again,
# because nobody is on it.
play() {
    keep_settings
    LAB_SUBNET=$(empty_network "$(networks_in_use)")
    start live
    docker network rm "${COMPOSE_PROJECT_NAME}_lab" >/dev/null 2>&1 || true
    show "$COMPOSE_PROJECT_NAME-live-1"
}

if [ -n "$run" ]; then
    LIVE_RUN=$(canonical "$(case "$run" in /*) echo "$run" ;; *) echo "$PWD/$run" ;; esac)")
    export LIVE_RUN
    [ -f "$LIVE_RUN/server.pcap" ] || [ -f "$LIVE_RUN/client.pcap" ] ||
        stop "RUN is \"$run\", which has no capture; allowed: the folder of a run" 'make runs lists them'
fi

lock_lab 'make live'
check_settings
if [ -n "$run" ]; then setup/engine.sh; fi
read_containers

if [ -n "$off" ]; then
    if ! has_live && ! has_player; then
        say 'there is no live view'
        exit
    fi
    ! has_live || end_live
    ! has_player || end_player
    say 'the live view has ended'
    exit
fi

if [ -n "$run" ]; then
    setup/images.sh
    # It comes in place of the live view of the lab, unless it has another port.
    ! has_live || ! publishes "$COMPOSE_PROJECT_NAME-live-1" || end_live
    in_player play
    exit
fi

for service in client-host server-host client http echo; do
    is_up "$service" || stop "the lab is not up: $service is not running" 'cure: make up' 'an earlier run: make live RUN=captures/archive/…'
done
keep_settings
use_settings_of_lab LAB_SUBNET LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS LAB_WIRE_ADDRESS LAB_CAPTURES_DIR LAB_TCP_CONGESTION \
    HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT FLOW_PORT LAB_TOKEN LAB_BASIC LAB_CLIENT_RAW
LAB_WORK_DIR=$(docker inspect --format '{{range .Mounts}}{{if eq .Destination "/work"}}{{.Source}}{{end}}{{end}}' "$COMPOSE_PROJECT_NAME-client-1")
export LAB_WORK_DIR
! publishes "$COMPOSE_PROJECT_NAME-played-live-1" || end_player
has_live || use_live
# Only a run that belongs to a sheet has questions.
answers=
[ ! -e "$LAB_CAPTURES_DIR/sheet.json" ] || answers=answers
# shellcheck disable=SC2086
start live live-client flow $answers
show "$COMPOSE_PROJECT_NAME-live-1"
