#!/bin/sh
# piped.sh COMMAND…: runs it for a reader of its output that may leave before the end, as head does. That is no error. The
# command is ended then as by Ctrl-C, unless it has said by the file $LAB_PIPED/whole that it must not be cut off.
set -eu

LAB_PIPED=$(mktemp -d)
export LAB_PIPED
trap 'rm -rf "$LAB_PIPED"' EXIT

# The command and all that it has started: a shell would wait for the end of what it runs.
processes() {
    if [ -r /proc/self/stat ]; then
        cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) .*) . \([0-9]*\) .*/\1 \2/'
    else
        ps -A -o pid= -o ppid=
    fi | awk -v first="$(cat "$LAB_PIPED/id")" '
        { parent[$1] = $2 }
        END {
            for (id in parent) {
                for (up = id; up in parent && up != first; up = parent[up]);
                if (first != "" && up == first) print id
            }
        }'
}

# All of them are stopped first: one that runs could start another meanwhile, which nobody would end.
interrupt() {
    stopped=
    while :; do
        found=$(processes | sort)
        [ "$found" != "$stopped" ] || break
        stopped=$found
        # shellcheck disable=SC2086
        kill -STOP $stopped 2>/dev/null || true
    done
    # shellcheck disable=SC2086
    kill -INT $stopped 2>/dev/null || true
    # shellcheck disable=SC2086
    kill -CONT $stopped 2>/dev/null || true
}

trap 'exit 130' HUP INT TERM
{
    # The shell would say how the command ended.
    exec 3>&2 2>/dev/null
    code=0
    (exec sh -c 'echo $$ >"$LAB_PIPED/id"; exec "$@"' sh "$@" 2>&3 3>&-) || code=$?
    echo "$code" >"$LAB_PIPED/code"
} | {
    # After Ctrl-C the command may have more to say.
    trap '' HUP INT TERM
    cat 2>/dev/null || {
        if [ ! -e "$LAB_PIPED/whole" ]; then
            : >"$LAB_PIPED/cut"
            # Once it has ended, its number may be another's.
            [ -e "$LAB_PIPED/code" ] || interrupt
        fi
        cat >/dev/null
    }
}
[ ! -e "$LAB_PIPED/cut" ] || exit 0
exit "$(cat "$LAB_PIPED/code")"
