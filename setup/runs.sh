#!/bin/sh
# make runs: lists the runs of the captures folder, the newest first. A row has files, beginning, name, seed, the size of
# the captures, and how many requests, messages and datagrams of transfers the servers decided. Needs neither a lab nor an
# engine.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/run-record.sh

# count FILE WORD: how many lines of a journal have this word.
count() { { cat "$1" 2>/dev/null || true; } | grep -c "$2" || true; }

# seed_of FOLDER: the seed that the servers were started with last. A quote in it stays as JSON has it: \".
seed_of() { sed -nE 's/.*"program":"http".*"seed":"(([^"\\]|\\.)*)".*/\1/p' "$1/lab.log" | tail -n 1; }

# size_of FOLDER: how large its captures are. wc asks for the size and does not read the files, which may be gigabytes.
size_of() {
    find "$1" -maxdepth 1 -name '*.pcap*' -exec wc -c {} \; |
        awk '{ sum += $1 } END { printf sum < 1e6 ? "%.0f kB" : "%.1f MB", sum / (sum < 1e6 ? 1e3 : 1e6) }'
}

# row FOLDER: its columns, after the time when the run began.
row() {
    began=$(of_run "$1" timestamp) || return 0
    [ -n "$began" ] || return 0
    name=$(of_run "$1" name)
    seed=$(seed_of "$1")
    datagrams=$(count "$1/echo.log" '"direction"')
    printf '%s\t' "$began" "${1#"$PWD"/}" "$(printf %s "$began" | cut -c 1-19 | tr T ' ')" "${name:--}" "${seed:--}" \
        "$(count "$1/http.log" '"outcome"')" "$(($(count "$1/echo.log" '"fault"') - datagrams))" "$datagrams"
    size_of "$1"
    echo
}

read_running_lab
runs=$(for folder in "$LAB_CAPTURES_DIR" "$LAB_CAPTURES_DIR"/archive/*/; do row "${folder%/}"; done | sort -r | cut -f 2-)
if [ -z "$runs" ]; then
    say 'there is no run yet; make up begins one'
    exit
fi
printf 'files\tbegan (UTC)\tname\tseed\trequests\tmessages\tdatagrams\tcaptures\n%s\n' "$runs" | awk -F '\t' '
    { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
    END {
        for (line = 1; line <= NR; line++) {
            text = ""
            for (i = 1; i <= NF; i++) text = text sprintf(i < 5 ? "  %-" width[i] "s" : "  %" width[i] "s", cell[line, i])
            print text
        }
    }'
