#!/bin/sh
# make down: ends the lab. The programs stop first, so that the captures hold their last packets too.
set -eu
. "$(dirname "$0")/lib.sh"

# Sums what tcpdump said of a host at each stop: captured, dropped.
packets() {
    docker logs "$1" 2>&1 | awk '
        / packets? captured$/ { captured += $1 }
        / packets? dropped by kernel$/ { dropped += $1 }
        END { print captured + 0, dropped + 0 }'
}

# Where the files of a capture went, whatever LAB_CAPTURES_DIR says now.
folder() {
    docker inspect --format '{{range .Mounts}}{{if eq .Destination "/captures"}}{{.Source}}{{end}}{{end}}' "$1"
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
for host in server client; do
    capture=$(docker compose ps --all --quiet "capture-$host")
    [ -n "$capture" ] || continue
    file=$(folder "$capture")/$host.pcap
    # shellcheck disable=SC2046
    set -- $(packets "$capture")
    printf '%s  %s packets captured, %s dropped by the kernel\n' "${file#"$PWD"/}" "$1" "$2"
    [ "$2" -eq 0 ] || printf 'warning: packets are missing in it; give the kernel more room: LAB_CAPTURE_BUFFER_KIB=%s make up\n' \
        "$((LAB_CAPTURE_BUFFER_KIB * 4))"
done
quietly docker compose down --remove-orphans
say 'the lab is down'
