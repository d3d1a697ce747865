# Output of checks in `make doctor` and `make status`: a row each. Sourced. `problems` counts the rows with a problem.
# `make up` stops at the first problem instead: stopping.sh.
problems=0

# ok NAME DETAIL
ok() { printf 'ok       %-14s %s\n' "$1" "$2"; }

# problem NAME DETAIL CURE…
problem() {
    problems=$((problems + 1))
    row PROBLEM "$@"
}

# warn NAME DETAIL CURE…: the lab works, but something else on this machine may not.
warn() { row warning "$@"; }

row() {
    printf '%-7s  %-14s %s\n' "$1" "$2" "$(printf %s "$3" | sed '2,$s/^/                        /')"
    shift 3
    printf '                        cure: %s\n' "$@"
}
