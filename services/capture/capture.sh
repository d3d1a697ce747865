#!/bin/sh
# Writes every IPv4 and ARP packet of this host to /captures/$HOST.pcap, as the person who ran make.
# A full file gets a number (rotate.sh); $HOST.pcap is always the newest.
set -eu
here=$(dirname "$0")

if [ "${1-}" != as-person ]; then
    exec setpriv --reuid "$LAB_UID" --regid "$LAB_GID" --clear-groups \
        --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw "$0" as-person
fi

# What is here already is an earlier capture: this container was started again.
cd /captures
"$here/archive.sh" . "$HOST".* >/dev/null

# -U with immediate mode: a packet is in the file as soon as it has passed, and a stop loses none.
tcpdump -i eth0 -n -U --immediate-mode -s 65535 -B "$LAB_CAPTURE_BUFFER_KIB" -Z root \
    -C "$LAB_CAPTURE_FILE_MB" -z "$here/rotate.sh" -w "$HOST.pcap" 'ip or arp' &
trap 'kill -TERM $!' TERM INT
# The first wait ends with the signal, the second with tcpdump, which writes what it holds and counts.
wait $! || wait $! || status=$?
"$here/rotate.sh" || true
exit "${status:-0}"
