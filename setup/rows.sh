# How checks speak in `make doctor` and `make status`: a row each. Sourced. `problems` counts the rows with a problem.
problems=0

# ok NAME DETAIL
ok() { printf 'ok       %-14s %s\n' "$1" "$2"; }

# problem NAME DETAIL CURE…
problem() {
    problems=$((problems + 1))
    printf 'PROBLEM  %-14s %s\n' "$1" "$(printf %s "$2" | sed '2,$s/^/                        /')"
    shift 2
    printf '                        cure: %s\n' "$@"
}
