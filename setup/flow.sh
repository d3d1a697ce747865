#!/bin/sh
# flow.sh CC OPTION…: runs `client flow` in the client host, and keeps its entries in flow.log. It starts the receiving end
# if there is none. CC is the congestion control of the host that sends, or empty. The route is put back afterwards.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/checks.sh
. setup/stopping.sh

congestion=$1
shift
case "$congestion" in
    *[!a-z0-9_-]*) stop "CC is \"$congestion\"; allowed: the name of a congestion control, such as reno" ;;
esac
sender=client json=0 seconds='' megabytes=0
before=
for option; do
    case "$before $option" in
        '--seconds '*) seconds=$option ;;
        '--megabytes '*) megabytes=$option ;;
        *' --reverse') sender=server ;;
        *' --json') json=1 ;;
    esac
    before=$option
done
# The client says what is wrong with a number.
in_range "$megabytes" 0 10000 || megabytes=0
in_range "$seconds" 1 600 || seconds=

setup/flow-service.sh
read_containers
use_settings_of_lab LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS LAB_CAPTURES_DIR FLOW_PORT LAB_CAPTURE_FILE_MB LAB_CAPTURE_FILES
log=$LAB_CAPTURES_DIR/flow.log
true 2>/dev/null >>"$log" || stop "$(shown "$log") can not be written" 'cure: make doctor'
[ "$(id -u)" -ne 0 ] || chown "$(captures_owner)" "$log" || true

# A flow without a limit fills the captures in a moment, and they lose the packets of everything before.
room=$((LAB_CAPTURE_FILE_MB * LAB_CAPTURE_FILES))
if [ -n "$seconds" ] && ! has_wire; then
    warn flow "there is no wire, so nothing limits this flow: it may send a gigabyte each second, and a capture keeps its newest $room MB" \
        'make wire RATE=100mbit before the flow'
elif [ "$megabytes" -gt "$room" ]; then
    warn flow "this flow is larger than a capture, which keeps its newest $room MB" 'a smaller MB=; or more room at make up: LAB_CAPTURE_FILES'
fi

peer=$LAB_SERVER_ADDRESS
[ "$sender" = client ] || peer=$LAB_CLIENT_ADDRESS
in_sender() { docker exec --user 0 "$COMPOSE_PROJECT_NAME-$sender-host-1" services/host/congestion.sh "$@"; }
if [ -n "$congestion" ]; then
    at_exit 'in_sender forget "$peer"'
    in_sender use "$peer" "$congestion" || exit 2
fi

# A program in a container does not notice that its reader has left, so its number is kept there.
id=/tmp/flow-$$
end_it='[ ! -e "$0" ] || { kill "$(cat "$0")" 2>/dev/null; rm "$0"; }'
at_exit 'docker exec "$COMPOSE_PROJECT_NAME-client-1" sh -c "$end_it" "$id" >/dev/null 2>&1 || true'
start_it='echo $$ >"$0" && exec client flow "$LAB_SERVER_ADDRESS" "$FLOW_PORT" --journal "$@"'
own=$(mktemp -d)
at_exit 'rm -r "$own"'

# from_client OPTION…: the client host sends, and its kernel knows the window.
from_client() { setup/exec.sh client sh -c "$start_it" "$id" "$@" </dev/null; }

# from_server OPTION…: the server host sends. samples.sh ends with its input, which ends together with this script.
from_server() {
    mkfifo "$own/open"
    exec 9<>"$own/open"
    docker exec --interactive "$COMPOSE_PROJECT_NAME-flow-1" /lab/client/flow/samples.sh "$LAB_CLIENT_ADDRESS" "$FLOW_PORT" <"$own/open" |
        setup/exec.sh client sh -c "$start_it" "$id" --samples "$@"
}

# keep: adds the entries to flow.log, and prints them with JSON=1, else the other lines.
keep() {
    LC_ALL=C awk -v file="$log" -v json="$json" '
        { entry = /^[{]/ }
        entry { print >>file; fflush(file) }
        entry == json { print; fflush() }'
}

# A pipe has the status of its last command.
{ "from_$sender" "$@" || echo $? >"$own/code"; } | keep
[ ! -e "$own/code" ] || exit "$(cat "$own/code")"
