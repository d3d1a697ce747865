#!/bin/sh
# of-lab.sh COMMAND…: runs it where there is a lab, and says so where there is none.
set -eu
. "$(dirname "$0")/lib.sh"

read_containers
if [ -z "$containers" ]; then
    say 'the lab is down; make up starts it'
    exit
fi
exec "$@"
