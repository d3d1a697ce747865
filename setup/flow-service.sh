#!/bin/sh
# flow-service.sh: starts the receiving end of make flow in the server host of the running lab, if it does not run.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/stopping.sh
. setup/started.sh

lock_lab 'make flow'
read_containers
for service in client-host server-host client; do
    is_up "$service" || stop "the lab is not up: $service is not running" 'cure: make up'
done
! is_up flow || exit 0
use_settings_of_lab LAB_SUBNET LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS LAB_CAPTURES_DIR LAB_TCP_CONGESTION FLOW_PORT
has_flow || use_flow
say 'starting the receiving end, iperf3' >&2
{ output=$(docker compose up --detach --no-build --no-recreate --no-deps flow 2>&1 </dev/null) && wait_until_healthy; } || {
    reasons "$output" >&2
    stop 'the receiving end was not started; the reason is above'
}
