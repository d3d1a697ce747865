#!/bin/sh
# Writes every IPv4 and ARP packet of this host to /captures/$HOST.pcap, as the owner of that folder. A full file gets a
# number (rotate.sh); $HOST.pcap is always the newest.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1-}" != as-owner ]; then
    owner=$(stat -c %u:%g /captures)
    exec setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --clear-groups \
        --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw "$here/../host/join.sh" "$0" as-owner
fi

# What is here already is of this run, whose capture was started again and goes on in the next file.
cd /captures
"$here/rotate.sh" all
: >"/tmp/$HOST.begun"

# -U with immediate mode: a packet is in the file as soon as it has passed, and a stop loses none.
tcpdump -i eth0 -n -U --immediate-mode -s 65535 -B "$LAB_CAPTURE_BUFFER_KIB" -Z root \
    -C "$LAB_CAPTURE_FILE_MB" -z "$here/rotate.sh" -w "$HOST.pcap" 'ip or arp' &
trap 'kill -TERM $!' TERM INT
# The first wait ends with the signal, the second with tcpdump, which writes what it holds and counts.
wait $! || wait $! || status=$?
"$here/rotate.sh" || true
exit "${status:-0}"
