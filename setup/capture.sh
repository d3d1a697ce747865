#!/bin/sh
# capture.sh [HOST]: writes the packets of that host, server, client or wire, to standard output as they come, as a pcapng.
set -eu
. "$(dirname "$0")/lib.sh"
host=${1:-server}
[ ! -t 1 ] || stop 'the packets would go to this terminal, which can not show them' "cure: make capture HOST=$host | wireshark -k -i -"
case "$host" in
    server | client | wire) ;;
    *) stop "HOST is \"$host\"; allowed: server, client, wire" ;;
esac
read_containers
is_up "capture-$host" || if [ "$host" = wire ]; then
    stop 'there is no wire' 'cure: make wire DELAY=0ms'
else
    stop "the lab is not up: capture-$host is not running" 'cure: make up'
fi

# A program in the sidecar does not notice that its reader has left, so it is ended by its id.
in_sidecar() { docker exec "$COMPOSE_PROJECT_NAME-capture-$host-1" sh -c "$@"; }
id=/tmp/capture-$$
at_exit 'in_sidecar "$end_it" sh "$id" >/dev/null 2>&1 </dev/null || true'
# The code for at_exit uses it.
# shellcheck disable=SC2034
end_it='if [ -e "$1" ]; then kill "$(cat "$1")"; fi; rm -f "$1" "$1.heard"'
# dumpcap counts packets on stderr.
in_sidecar 'echo $$ >"$1"; exec dumpcap -q -p -i eth0 -f "$(cat services/capture/filter)" -w - 2>"$1.heard"' sh "$id" </dev/null || {
    code=$?
    in_sidecar 'tail -n 3 "$1.heard"' sh "$id" >&2 </dev/null
    exit "$code"
}
