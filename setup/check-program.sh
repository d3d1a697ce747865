#!/bin/sh
# check-program.sh PROGRAM SHEET OPTION…: runs a program of her own in the client host, through the stages of a sheet, and
# judges it by its packets. PROGRAM is a command line. It starts the lab if none is up. Exits 0 with all points, 1 with
# fewer.
set -eu
. "$(dirname "$0")/lib.sh"

program=$1 sheet=$2
shift 2
json='' only='' seed=''
while [ $# -gt 0 ]; do
    case "$1" in
        --json) json=--json ;;
        --stage) only=$2 && shift ;;
        --seed) seed=$2 && shift ;;
        *) stop "check-program.sh knows no $1" ;;
    esac
    shift
done
[ -n "$program" ] || stop 'PROGRAM is ""; allowed: a command line, such as python3 client.py'

[ -f "sheets/$sheet/program.json" ] || stop "SHEET is \"$sheet\"; allowed: $(for file in sheets/*/program.json; do printf '%s\n' "${file%/program.json}"; done | sed 's|sheets/||' | paste -sd , - | sed 's/,/, /g')"

lock_lab 'make check'
read_containers
# The packets of the program must be the only ones that are altered, and by the servers alone.
! has_wire || stop 'there is a wire between both hosts, and a check of a program needs none' 'cure: make wire OFF=1'
for service in client capture-client echo http; do
    is_up "$service" && continue
    setup/up.sh >&2
    break
done
use_settings_of_lab LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS LAB_CAPTURES_DIR LAB_WORK_DIR HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT \
    ECHO_DELAY_SECONDS ECHO_LOSS ECHO_MODE LAB_TOKEN

. setup/reader.sh
own=$COMPOSE_PROJECT_NAME-program-$$
records=$(mktemp)
at_exit 'rm -f "$records"'
at_exit 'docker rm --force "$own" >/dev/null 2>&1 || true'

# in_lab SERVICE COMMAND…
in_lab() {
    service=$1
    shift
    docker exec "$COMPOSE_PROJECT_NAME-$service-1" "$@" </dev/null
}

# program_in STAGE OPTION…: an own container in the network of the client host. Root only until setpriv has switched to the
# student. Everything that the program has started ends with it.
program_in() {
    stage=$1
    shift
    # shellcheck disable=SC2086
    docker run --rm --name "$own" "$@" --label "com.docker.compose.project=$COMPOSE_PROJECT_NAME-program" \
        --network "container:$COMPOSE_PROJECT_NAME-client-host-1" --user 0 --cap-drop ALL --cap-add SETUID --cap-add SETGID \
        --cap-add SETPCAP --security-opt no-new-privileges:true $selinux --pids-limit 256 --memory 1g \
        --tmpfs /tmp:exec,size=256m --env LAB_SERVER_ADDRESS --env LAB_CLIENT_ADDRESS --env HTTP_PORT --env HTTPS_PORT --env ECHO_PORT \
        --mount "$(mount "$LAB_WORK_DIR" /work)" --mount "$(mount "$PWD/sheets" /sheets),readonly" \
        --entrypoint /lab/client/host/student.sh "$LAB_IMAGES/client" --plain \
        node /lab/analysis/sheets/run/main.ts "$sheet" "$stage" "$seed" "$program"
}

# faults_of SERVER OPTION…: first waits, for 12 s at most, until the echo server has answered what an earlier program has left
# on its connections. That would take steps of the next script.
faults_of() {
    service=$1
    shift
    in_lab "$service" sh -c 'looks=0
        while [ "$1" = --tcp ] && [ "$looks" -lt 60 ] && ss -Htn state established state close-wait "sport = :$ECHO_PORT" | grep -q .; do
            looks=$((looks + 1))
            sleep 0.2
        done
        exec faults "$@"' sh "$@" >/dev/null
}

# listens PROTOCOL PORT: waits until the server of her own has its port, for 5 s at most.
listens() {
    in_lab client sh -c 'looks=0
        until ss -Hln"$1" "sport = :$2" | grep -q . || [ "$looks" -ge 50 ]; do
            looks=$((looks + 1))
            sleep 0.1
        done' sh "$(printf %.1s "$1")" "$2"
}

# ask STAGE PROTOCOL PORT BESIDE OPTION…: our client asks the server of her own, from the server host. BESIDE is another client: a
# silent one has a connection open meanwhile; one that resets has left an echo unread when it closed.
# Shells in the container run it.
# shellcheck disable=SC2016
ask_it='beside=$1 at=/dev/tcp/$2/$3
    shift
    case "$beside" in
        silent) exec 3<>"$at" ;;
        reset) { exec 3<>"$at" && printf "break|4f9cac8d" >&3 && sleep 0.5; exec 3>&-; } ;;
    esac
    timeout 30 client echo "$@"'
ask() {
    stage=$1 protocol=$2 port=$3 beside=$4
    shift 4
    in_lab echo bash -c "$ask_it" bash "$beside" "$LAB_CLIENT_ADDRESS" "$port" --protocol "$protocol" --json "$@" 2>/dev/null |
        grep '^{' | sed "s/.*/{\"stage\":\"$stage\",\"client\":&}/" >>"$records" || true
}

could_not_run() { stop 'the program could not be run in the client host' 'cure: make status'; }

# The process of a server of her own, while one runs.
serving=

take() {
    by=$1
    shift
    case "$by" in
        seed) seed=$1 ;;
        stage)
            # A server of her own runs until the next stage. It is killed if it does not end in time.
            if [ -n "$serving" ]; then
                docker stop -t 5 "$own" >/dev/null 2>&1 || true
                wait "$serving" || could_not_run
                serving=
            fi
            [ -z "${1-}" ] || [ -n "$json" ] || say "stage $1" >&2
            ;;
        http | echo) faults_of "$by" "$@" || exit 2 ;;
        run) program_in "$1" </dev/null >>"$records" || could_not_run ;;
        serve)
            program_in "$1" </dev/null >>"$records" &
            serving=$!
            listens "$2" "$3"
            ;;
        ask) ask "$@" ;;
        *) stop "the plan has a step for $by, which setup/check-program.sh does not know" ;;
    esac
}

plan=$(setup/sheet-program.sh plan-program "$sheet" ${only:+--stage "$only"} ${seed:+--seed "$seed"} </dev/null) || exit 2
at_exit 'for server in http echo; do faults_of "$server" --reset 2>/dev/null || true; done'
take_steps "$plan"
# tcpdump does not sleep while a packet waits for it, so then every packet of the program is in the file.
in_lab capture-client sh -c 'for status in /proc/[0-9]*/status; do
        grep -q "^Name:.tcpdump" "$status" || continue
        while grep -q "^State:.[RD]" "$status"; do sleep 0.01; done
    done'
setup/sheet-program.sh check-program "$sheet" --seed "$seed" $json <"$records"
