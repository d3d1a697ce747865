#!/bin/sh
# demo.sh [SECONDS]: runs the experiments of both assignments in a new run, and checks each against the packets. Then it
# writes annotated captures and the report. SECONDS shortens the timeout of the balance requests, which is 10 s.
# analysis/experiments/ has the steps and the expected results. Exits 1 if an experiment does not agree.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/checks.sh
. setup/wire-steps.sh

timeout=${1:-10}
in_range "$timeout" 1 2000 || stop "TIMEOUT is \"$timeout\"; allowed: whole seconds from 1 to 2000"
export LAB_SEED="${LAB_SEED:-demo}"

# take STEP…: carries out a step of the plan. Its first word names who carries it out. The output of the client is not
# needed, because the packets are checked. The client may give up a message.
take() {
    taker=$1
    shift
    case "$taker" in
        say) say "$@" ;;
        up) quietly env "$@" setup/up.sh ;;
        faults) setup/exec.sh echo faults "$@" >/dev/null </dev/null ;;
        wire) quietly setup/wire.sh "$@" ;;
        flow) setup/flow.sh "$@" >/dev/null 2>&1 </dev/null || true ;;
        client) in_client "$@" || true ;;
        begin) in_client sh -c "$begin_it" "$beside" "$@" & ;;
        end)
            in_client sh -c "$end_it" "$beside" || true
            wait
            ;;
        *) stop "the plan of the demo has a step for $taker, which setup/demo.sh does not know" ;;
    esac
}

in_client() { setup/exec.sh client "$@" >/dev/null 2>&1 </dev/null; }

# A program in a container does not notice that its caller has left, so its number is kept there.
beside=/tmp/beside-$$
# Shells in the container run them.
# shellcheck disable=SC2016
begin_it='echo $$ >"$0" && exec "$@"'
# shellcheck disable=SC2016
end_it='kill "$(cat "$0")"; rm "$0"'

lock_lab 'make demo'
# The wire of the demo has conditions of its own.
for setting in $(wire_settings | cut -d = -f 1); do export "$setting="; done
without=
has_tun || without=--no-wire
setup/images.sh
read_containers
if [ -n "$containers" ]; then
    say 'ending the running lab; its captures go to the archive'
    quietly setup/down.sh
fi

plan=$(docker run --rm --init --user 10001:10001 --network none --cap-drop ALL --security-opt no-new-privileges:true --read-only \
    --tmpfs /tmp --env HTTP_PORT --env HTTPS_PORT --env ECHO_PORT --env ECHO_TLS_PORT --env LAB_SERVER_ADDRESS \
    --entrypoint node "$LAB_IMAGES/capture" analysis/main.ts plan "$timeout" $without)
take_steps "$plan"

say 'checking the packets'
failed=0
setup/inspect.sh demo || failed=$?
say 'the lab is still up, with the settings of the demo; make down ends it, and then make up begins your own run'
[ "$failed" -eq 0 ] || exit "$failed"
