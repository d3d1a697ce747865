# The file that a person names as CAPTURE. Sourced after lib.sh.

# followed PATH: the end of a chain of links. A chain in a circle has none, so it ends after 40 links, as in the kernel.
followed() {
    target=$1
    links=0
    while [ -L "$target" ] && [ "$links" -lt 40 ]; do
        links=$((links + 1))
        link=$(readlink "$target")
        case "$link" in /*) target=$link ;; *) target=$(dirname -- "$target")/$link ;; esac
    done
    printf '%s\n' "$target"
}

# target_of PATH: the file itself, by a path without links.
target_of() {
    target=$(followed "$1")
    printf '%s/%s\n' "$(cd -- "$(dirname -- "$target")" && pwd -P)" "$(basename -- "$target")"
}

# closed_folder PATH: the folder of this path that the person may not search, or nothing.
closed_folder() {
    way=$(followed "$1")
    while [ ! -e "$way" ] && case "$way" in */*) true ;; *) false ;; esac; do
        way=$(dirname -- "$way")
        [ ! -d "$way" ] || [ -x "$way" ] || printf '%s\n' "$way"
    done
}

# check_given PATH: stops unless it is a readable file.
check_given() {
    closed=$(closed_folder "$1")
    if [ -n "$closed" ]; then
        stop "CAPTURE is \"$1\"; $(id -un) may not look into the folder $closed" "cure: sudo chmod a+rx $(quoted "$closed")"
    elif [ -d "$1" ]; then why='is a folder'
    elif [ -p "$1" ]; then why='is a pipe, which can be read only once'
    elif [ -L "$1" ] && [ ! -e "$1" ]; then why="is a link to $(readlink "$1"), which does not exist"
    elif [ ! -e "$1" ]; then why='does not exist'
    elif [ ! -f "$1" ]; then why='is not a file'
    elif [ ! -r "$1" ]; then
        stop "CAPTURE is \"$1\"; $(id -un) may not read it" "cure: sudo chmod a+r $(quoted "$1")"
    else return 0
    fi
    stop "CAPTURE is \"$1\", which $why; allowed: server, client, wire, or the path of a capture file"
}
