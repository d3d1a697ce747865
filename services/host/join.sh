#!/bin/sh
# join.sh COMMAND…: waits until the run has begun, then runs the command. If LAB_SEED is empty, it becomes the seed of the
# run. The server host holds a lock on the record of the run. The record of an earlier run has no lock, and the record of
# another lab has another project.
set -eu
record=/captures/lab.log

# This runs often while the host starts, so the part that needs a process comes last.
has_begun() {
    (exec 8<$record && read -r first <&8 && case "$first" in *"\"project\":\"$PROJECT\""*) ! flock --shared --nonblock 8 ;; *) false ;; esac) 2>/dev/null
}

# The first process of a container ignores signals without a handler.
trap 'exit 143' TERM INT
looks=0
until has_begun; do
    looks=$((looks + 1))
    if [ "$looks" -eq 600 ]; then
        echo 'the run has not begun after 30 s; see docker compose logs server-host' >&2
        exit 1
    fi
    sleep 0.05
done
: "${LAB_SEED:=$(sed -n '1s/.*"drawn_seed":"\([0-9a-f]*\)".*/\1/p' $record)}"
export LAB_SEED
exec "$@"
