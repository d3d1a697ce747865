#!/bin/sh
# exec.sh SERVICE COMMAND…: runs the command in that container of the lab, on this terminal if there is one. The command
# gets make's names of its options, for its errors. Without a terminal, a program in a container does not notice that its
# caller was interrupted, so it is ended by a mark in its environment.
set -eu
. "$(dirname "$0")/lib.sh"

service=$1
shift
read_containers
is_up "$service" || stop "the lab is not up: $service is not running" 'cure: make up'
if [ -t 0 ] && [ -t 1 ]; then
    exec docker exec --interactive --tty --env LAB_OPTION_NAMES "$COMPOSE_PROJECT_NAME-$service-1" "$@"
fi
ended=
# The code for at_exit and a shell in the container run it.
# shellcheck disable=SC2016,SC2034
end_it='for process in /proc/[0-9]*; do
    ! tr "\0" "\n" 2>/dev/null <"$process/environ" | grep -qx "LAB_CALL=$0" || kill "${process#/proc/}"
done'
at_exit '[ -n "$ended" ] || docker exec "$COMPOSE_PROJECT_NAME-$service-1" sh -c "$end_it" "$$" >/dev/null 2>&1 </dev/null || true'
code=0
docker exec --interactive --env LAB_OPTION_NAMES --env "LAB_CALL=$$" "$COMPOSE_PROJECT_NAME-$service-1" "$@" || code=$?
ended=yes
exit "$code"
