#!/bin/sh
# join.sh COMMAND…: runs it once the run has begun, with the seed of the run where LAB_SEED is empty. The server host
# holds a lock on the record of the run; the record of an earlier run has none, and that of another lab another project.
set -eu
record=/captures/lab.log

# It is asked often while the host starts, so what needs a process comes last.
has_begun() {
    (exec 8<$record && read -r first <&8 && case "$first" in *"\"project\":\"$PROJECT\""*) ! flock --shared --nonblock 8 ;; *) false ;; esac) 2>/dev/null
}

# The first process of a container is ended by no signal that it does not take.
trap 'exit 143' TERM INT
looks=0
until has_begun; do
    looks=$((looks + 1))
    if [ "$looks" -eq 600 ]; then
        echo 'no run has begun after 30 s: see the log of server-host' >&2
        exit 1
    fi
    sleep 0.05
done
: "${LAB_SEED:=$(sed -n '1s/.*"seed":"\([0-9a-f]*\)".*/\1/p' $record)}"
export LAB_SEED
exec "$@"
