#!/bin/sh
# make runs: the runs of the captures folder, the newest first: files, beginning, name, seed, how many requests and
# messages the servers decided, and the size of the captures. Needs neither a lab nor an engine.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/run-record.sh

# count FILE WORD: how many lines of a journal have this word.
count() { { cat "$1" 2>/dev/null || true; } | grep -c "$2" || true; }

# seed_of FOLDER: the seed that the servers were started with last.
seed_of() { sed -n 's/.*"program":"http".*"seed":"\([^"]*\)".*/\1/p' "$1/lab.log" | tail -n 1; }

size_of() { cat "$1"/*.pcap* 2>/dev/null | wc -c | awk '{ printf $1 < 1e6 ? "%.0f kB" : "%.1f MB", $1 / ($1 < 1e6 ? 1e3 : 1e6) }'; }

# row FOLDER: its columns, after the time when the run began.
row() {
    began=$(of_run "$1" timestamp) || return 0
    [ -n "$began" ] || return 0
    name=$(of_run "$1" name)
    seed=$(seed_of "$1")
    printf '%s\t' "$began" "${1#"$PWD"/}" "$(printf %s "$began" | cut -c 1-19 | tr T ' ')" "${name:--}" "${seed:--}" \
        "$(count "$1/http.log" '"outcome"')" "$(count "$1/echo.log" '"fault"')"
    size_of "$1"
    echo
}

use_settings_of_lab LAB_CAPTURES_DIR
runs=$(for folder in "$LAB_CAPTURES_DIR" "$LAB_CAPTURES_DIR"/archive/*/; do row "${folder%/}"; done | sort -r | cut -f 2-)
if [ -z "$runs" ]; then
    say 'there is no run yet; make up begins one'
    exit
fi
printf 'files\tbegan (UTC)\tname\tseed\trequests\tmessages\tcaptures\n%s\n' "$runs" | awk -F '\t' '
    { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
    END {
        for (line = 1; line <= NR; line++) {
            text = ""
            for (i = 1; i <= NF; i++) text = text sprintf(i < 5 ? "  %-" width[i] "s" : "  %" width[i] "s", cell[line, i])
            print text
        }
    }'
