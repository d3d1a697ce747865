#!/bin/sh
# make down: ends the lab. The programs stop first, so that the captures hold their last packets too.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/lab-checks.sh

# say_packets HOST: what its captures hold of this run, and what is missing in them.
say_packets() {
    file=$(captures_folder)/$1.pcap
    # shellcheck disable=SC2046
    set -- "$1" $(capture_records "$1" | awk -F '[:,}]' '
        function value(name, i) { for (i = 1; i < NF; i++) if ($i == "\"" name "\"") return $(i + 1); return 0 }
        { captured += value("captured"); dropped += value("dropped"); missing += value("packets") }
        END { print captured + 0, dropped + 0, missing + 0 }')
    printf '%s  %s packets captured, %s dropped by the kernel' "${file#"$PWD"/}" "$2" "$3"
    if [ "$4" -gt 0 ]; then printf ', %s missing\n' "$4"; else printf '\n'; fi
    gaps "$1" | sed 's/^/warning: /'
    [ "$3" -eq 0 ] || printf 'warning: the kernel had no room for %s packets; give it more: LAB_CAPTURE_BUFFER_KIB=%s make up\n' \
        "$3" "$((LAB_CAPTURE_BUFFER_KIB * 4))"
}

read_containers
if [ -z "$containers" ]; then
    # A make up that was cut off can have left a network without a container.
    quietly docker compose down
    say 'no lab is up'
    exit
fi
[ -z "$(other_folder)" ] || stop "the lab that is up was started in $(other_folder)" "cure: make -C '$(other_folder)' down"
quietly docker compose stop http echo client
quietly docker compose stop capture-server capture-client
use_settings_of_lab LAB_CAPTURE_BUFFER_KIB
for host in server client; do say_packets "$host"; done
kept=$(captures_folder)/.run # left only by a capture that was killed
quietly docker compose down --remove-orphans
rm -rf "$kept"
say 'the lab is down'
