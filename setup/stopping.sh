# Output of checks in `make up` and setup/engine.sh: the first problem stops. Sourced after lib.sh. rows.sh prints rows.

# ok NAME DETAIL
ok() { :; }

# problem NAME DETAIL CURE…
problem() {
    what=$2
    shift 2
    stop "$what" "$(printf 'cure: %s\n' "$@" | sed '2,$s/^/    /')"
}

# warn NAME DETAIL CURE…: the lab works, but something else on this machine may not.
warn() {
    say "warning: $2" >&2
    shift 2
    printf '    cure: %s\n' "$@" >&2
}
