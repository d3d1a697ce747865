#!/bin/sh
# piped.sh COMMAND…: runs it for a reader of its output that may leave before the end, as head does. That is no error. The
# command is ended then as when its terminal goes, unless it has said by the file $LAB_PIPED/whole that it must not be cut
# off.
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

# All of them are stopped first: one that runs could start another meanwhile, which nobody would end. TERM is for those
# that ignore HUP, by nohup.
hang_up() {
    stopped=
    while :; do
        found=$(processes | sort)
        [ "$found" != "$stopped" ] || break
        stopped=$found
        # shellcheck disable=SC2086
        kill -STOP $stopped 2>/dev/null || true
    done
    for signal in HUP TERM CONT; do
        # shellcheck disable=SC2086
        kill -"$signal" $stopped 2>/dev/null || true
    done
}

# What is printed on stderr, but for what comes of the end that a command is given.
words() {
    trap '' HUP INT TERM
    while IFS= read -r line || [ -n "$line" ]; do
        [ -e "$LAB_PIPED/cut" ] || printf '%s\n' "$line" >&2
    done
}

trap 'exit 130' HUP INT TERM
{
    {
        # The shell would say how the command ended.
        exec 4>&2 2>/dev/null
        code=0
        (exec sh -c 'echo $$ >"$LAB_PIPED/id"; exec "$@"' sh "$@" >&3 2>&4 3>&- 4>&-) || code=$?
        echo "$code" >"$LAB_PIPED/code"
    } 2>&1 >/dev/null | words 3>&-
} 3>&1 | {
    # After Ctrl-C the command may have more to say.
    trap '' HUP INT TERM
    cat 2>/dev/null || {
        if [ ! -e "$LAB_PIPED/whole" ]; then
            : >"$LAB_PIPED/cut"
            # Once it has ended, its number may be another's.
            [ -e "$LAB_PIPED/code" ] || hang_up
        fi
        cat >/dev/null
    }
}
[ ! -e "$LAB_PIPED/cut" ] || exit 0
exit "$(cat "$LAB_PIPED/code")"
