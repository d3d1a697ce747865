#!/bin/sh
# exec.sh SERVICE COMMAND…: runs the command in that container of the lab, on this terminal if there is one. The command
# gets make's names of its options, for its errors.
set -eu
. "$(dirname "$0")/lib.sh"

service=$1
shift
read_containers
is_up "$service" || stop "the lab is not up: $service is not running" 'cure: make up'
if [ -t 0 ] && [ -t 1 ]; then
    exec docker exec --interactive --tty --env LAB_OPTION_NAMES "$COMPOSE_PROJECT_NAME-$service-1" "$@"
else
    exec docker exec --interactive --env LAB_OPTION_NAMES "$COMPOSE_PROJECT_NAME-$service-1" "$@"
fi
