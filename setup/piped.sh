#!/bin/sh
# piped.sh COMMAND…: runs the command for a reader that may leave early, as head does. That is no error. The command then ends
# as if its terminal had closed. It makes the file $LAB_PIPED/whole if it must not be interrupted.
set -eu

LAB_PIPED=$(mktemp -d)
export LAB_PIPED
trap 'rm -rf "$LAB_PIPED"' EXIT

# The command and all its descendants, because a shell would wait for its children.
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

# Stops all of them first: a running process could start another one meanwhile, which would stay. TERM ends those that ignore
# HUP, as with nohup.
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

# Prints the stderr of the command, except for messages about being ended.
words() {
    trap '' HUP INT TERM
    while IFS= read -r line || [ -n "$line" ]; do
        [ -e "$LAB_PIPED/cut" ] || printf '%s\n' "$line" >&2
    done
}

trap 'exit 130' HUP INT TERM
{
    {
        # Without this, the shell would print how the command ended.
        exec 4>&2 2>/dev/null
        code=0
        (exec sh -c 'echo $$ >"$LAB_PIPED/id"; exec "$@"' sh "$@" >&3 2>&4 3>&- 4>&-) || code=$?
        echo "$code" >"$LAB_PIPED/code"
    } 2>&1 >/dev/null | words 3>&-
} 3>&1 | {
    # After Ctrl-C the command may print more.
    trap '' HUP INT TERM
    cat 2>/dev/null || {
        if [ ! -e "$LAB_PIPED/whole" ]; then
            : >"$LAB_PIPED/cut"
            # After its end, another process may have its number.
            [ -e "$LAB_PIPED/code" ] || hang_up
        fi
        cat >/dev/null
    }
}
[ ! -e "$LAB_PIPED/cut" ] || exit 0
exit "$(cat "$LAB_PIPED/code")"
