# A lock, so that only one command at a time changes a lab. Sourced by lib.sh. The lock is a symbolic link, because a link is
# made in one step together with its content: the process, the start of the process, and what it does. It is in /tmp,
# because TMPDIR differs between people and under sudo.

# start_of PROCESS: when it began, or nothing if it has ended. Another process may get the same number later.
start_of() {
    if [ -r "/proc/$1/stat" ]; then
        # A zombie does not run any more.
        sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
    else
        ps -o lstart= -p "$1" 2>/dev/null | tr ' ' _
    fi
}

# is_left LOCK: true if the lock exists and its process has ended. Sets lock_process and lock_target, empty without a lock.
is_left() {
    lock_says=$(readlink "$1" 2>/dev/null) || lock_says=
    lock_process=${lock_says%%:*}
    lock_target=${lock_says##*:}
    lock_start=${lock_says#*:}
    # The process may have removed the lock just before it ended.
    [ -n "$lock_says" ] && [ "${lock_start%:*}" != "$(start_of "$lock_process")" ] && [ "$(readlink "$1" 2>/dev/null)" = "$lock_says" ]
}

# take_over: removes the lock of a killed process. Only one process at a time may do that, and it must look again first:
# another process may have the lock by now.
take_over() {
    if ln -s "$lock_own" "$lock.next" 2>/dev/null; then
        ! is_left "$lock" || rm -f "$lock" 2>/dev/null || lock_kept=yes
        rm -f "$lock.next"
    else
        ! is_left "$lock.next" || rm -f "$lock.next"
    fi
    [ -z "${lock_kept-}" ] || stop "another person's $lock_target left the lock $lock, and only that person or root may remove it" "cure: sudo rm $lock"
}

# lock_of_lab: the name of the lock. Each engine has its own labs, and each person can have a rootless engine.
lock_of_lab() {
    engine=$(engine_address)
    case "$engine" in
        '' | unix:///var/run/docker.sock | unix:///run/docker.sock) engine= ;;
        *) engine=-$(printf %s "$engine" | cksum | cut -d ' ' -f 1) ;;
    esac
    printf '/tmp/wirelab-%s%s.lock\n' "$COMPOSE_PROJECT_NAME" "$engine"
}

# lock_lab WHAT: waits for the lock, and holds it until the script ends. A script that the holder of the lock has started
# does not wait.
lock_lab() {
    [ "${LAB_LOCKED-}" != "$COMPOSE_PROJECT_NAME" ] || return 0
    # A command that changes the lab is not interrupted when the reader of its output leaves.
    [ ! -d "${LAB_PIPED-}" ] || : >"$LAB_PIPED/whole"
    lock=$(lock_of_lab)
    lock_own=$$:$(start_of $$):$1
    lock_waits=
    until ln -s "$lock_own" "$lock" 2>/dev/null; do
        if is_left "$lock"; then
            take_over
        elif [ -n "$lock_process" ]; then
            [ "$lock_waits" = "$lock_process" ] || say "waiting until $lock_target (process $lock_process) has finished with this lab" >&2
            lock_waits=$lock_process
            sleep 0.2
        fi
    done
    export LAB_LOCKED="$COMPOSE_PROJECT_NAME"
    at_exit 'rm -f "$lock"'
}
