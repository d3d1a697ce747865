# One at a time changes a lab. Sourced by lib.sh.
# The lock is a symbolic link, which is made at once with all that it says: process, its start, and what it does.
# It is in /tmp and not in TMPDIR, which differs between people and under sudo.

# start_of PROCESS: when it began, empty where it is gone: another process may have its number later.
start_of() {
    if [ -r "/proc/$1/stat" ]; then
        # One that is dead and waits for its parent runs no more.
        sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
    else
        ps -o lstart= -p "$1" 2>/dev/null | tr ' ' _
    fi
}

# is_left LOCK: true where it is there and its process has ended. Sets lock_process and lock_target, empty without it.
is_left() {
    lock_says=$(readlink "$1" 2>/dev/null) || lock_says=
    lock_process=${lock_says%%:*}
    lock_target=${lock_says##*:}
    lock_start=${lock_says#*:}
    # One that has ended in between may have given it back first.
    [ -n "$lock_says" ] && [ "${lock_start%:*}" != "$(start_of "$lock_process")" ] && [ "$(readlink "$1" 2>/dev/null)" = "$lock_says" ]
}

# take_over: removes the lock that a killed process left. Only one at a time may, and only such a lock: one that is not
# there any more may be another's by now.
take_over() {
    if ln -s "$lock_own" "$lock.next" 2>/dev/null; then
        ! is_left "$lock" || rm -f "$lock" 2>/dev/null || lock_kept=yes
        rm -f "$lock.next"
    else
        ! is_left "$lock.next" || rm -f "$lock.next"
    fi
    [ -z "${lock_kept-}" ] || stop "$lock was left by another person's $lock_target, and nobody else may remove it" "cure: sudo rm $lock"
}

# lock_of_lab: its name. Each engine has labs of its own, such as a rootless one of each person.
lock_of_lab() {
    engine=$(engine_address)
    case "$engine" in
        '' | unix:///var/run/docker.sock | unix:///run/docker.sock) engine= ;;
        *) engine=-$(printf %s "$engine" | cksum | cut -d ' ' -f 1) ;;
    esac
    printf '/tmp/wirelab-%s%s.lock\n' "$COMPOSE_PROJECT_NAME" "$engine"
}

# lock_lab WHAT: waits until nobody else changes this lab, and keeps others waiting until the script ends. A script
# that one with the lock has started goes on.
lock_lab() {
    [ "${LAB_LOCKED-}" != "$COMPOSE_PROJECT_NAME" ] || return 0
    # What changes the lab is not cut off where the reader of its output leaves.
    [ ! -d "${LAB_PIPED-}" ] || : >"$LAB_PIPED/whole"
    lock=$(lock_of_lab)
    lock_own=$$:$(start_of $$):$1
    lock_waits=
    until ln -s "$lock_own" "$lock" 2>/dev/null; do
        if is_left "$lock"; then
            take_over
        elif [ -n "$lock_process" ]; then
            [ "$lock_waits" = "$lock_process" ] || say "waiting for $lock_target, process $lock_process, to be done with this lab" >&2
            lock_waits=$lock_process
            sleep 0.2
        fi
    done
    export LAB_LOCKED="$COMPOSE_PROJECT_NAME"
    at_exit 'rm -f "$lock"'
}
