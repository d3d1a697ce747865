#!/bin/sh
# of-lab.sh COMMAND…: runs the command if the lab is up. Otherwise prints that it is down.
set -eu
. "$(dirname "$0")/lib.sh"

read_containers
if [ -z "$containers" ]; then
    say 'the lab is down; make up starts it'
    exit
fi
exec "$@"
