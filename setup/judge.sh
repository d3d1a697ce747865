#!/bin/sh
# judge.sh NUMBER: judges one hand-in of grade.sh in a container without a network. The hand-in is hostile: it gets the container's
# standard input, nothing of this machine can be written there, and all that the container may use or print is bounded.
set -eu
seconds() { date +%s.%N | sed 's/\.N$//'; }

path=$(cat "$judged/$1.path")
began=$(seconds)
# The engine keeps no log, or what the container prints would fill the disk of this machine.
# shellcheck disable=SC2086,SC2154
{
    code=0
    docker run --rm --init --interactive $selinux --label "wirelab.grade=$label" --user "$student" --log-driver none \
        --network none --cap-drop ALL --security-opt no-new-privileges:true --read-only \
        --tmpfs /tmp:size=256m,noexec,nosuid,nodev --env HOME=/tmp \
        --memory 768m --memory-swap 768m --cpus 1 --pids-limit 64 --ulimit cpu=90:90 --ulimit core=0 --ulimit fsize=268435456 \
        --mount "type=bind,\"source=$(printf %s "$sheets" | sed 's/"/""/g')\",target=/sheets,readonly" \
        --entrypoint timeout "$LAB_IMAGES/capture" -s KILL 300 node analysis/sheets/main.ts judge \
        <"$path" 2>"$judged/$1.stderr" || code=$?
    echo "$code" >"$judged/$1.code"
} | head -c 4194305 >"$judged/$1.json"
awk -v from="$began" -v to="$(seconds)" 'BEGIN { printf "%.2f", to - from }' >"$judged/$1.seconds"
# Only plain characters of the name reach the terminal.
printf '%s of %s  %s s  %s\n' "$1" "$count" "$(cat "$judged/$1.seconds")" "$(LC_ALL=C tr -c ' -~' '?' <"$judged/$1.name")"
