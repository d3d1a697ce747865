#!/bin/sh
# How TCP connections from this host find their rate. It runs in the network namespace of a host, as root. An attribute of
# the route has the name, so programs of any user get it, also a name that the kernel keeps for root. Connections that are
# open keep theirs.
#
# congestion.sh begin NAME: all connections use this congestion control.
#
# congestion.sh use PEER NAME: connections to the peer use this one.
#
# congestion.sh forget PEER: they use that of the host again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# refuse SETTING NAME: ends, because the kernel has no such congestion control.
refuse() {
    printf '%s is "%s"; allowed by this kernel: %s\n' "$1" "$2" "$(sed 's/ /, /g' /proc/sys/net/ipv4/tcp_available_congestion_control)" >&2
    exit 2
}

# The route to a peer may lead through the wire.
wire_to() { ip -4 route show "$1/32" | sed -n 's/.* via \([^ ]*\) .*/\1/p'; }

case "$1" in
    begin)
        network=$(ip -4 route show dev eth0 scope link | awk '{ print $1; exit }')
        own=$(ip -4 route show dev eth0 scope link | sed -n 's/.* src \([^ ]*\).*/\1/p; q')
        ip -4 route replace "$network" dev eth0 proto kernel scope link src "$own" congctl "$2" 2>/dev/null ||
            refuse LAB_TCP_CONGESTION "$2"
        ;;
    use)
        wire=$(wire_to "$2")
        ip -4 route replace "$2/32" ${wire:+via "$wire"} dev eth0 congctl "$3" 2>/dev/null || refuse CC "$3"
        ;;
    forget)
        wire=$(wire_to "$2")
        if [ -n "$wire" ]; then
            "$here/../wire/route.sh" insert "$2" "$wire"
        else
            ip -4 route del "$2/32" 2>/dev/null || true
        fi
        ;;
esac
