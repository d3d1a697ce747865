#!/bin/sh
# Where the packets of this host for its peer go. It runs in the network namespace of a host, as root.
#
# route.sh insert PEER WIRE: they go through the wire.
#
# route.sh remove PEER: they go directly.
#
# route.sh show PEER: prints the address of the wire, if they go there.
set -eu
case "$1" in
    insert)
        # The congestion control of the host is that of the route to its network, the only one with a slash.
        congestion=$(ip -4 route show dev eth0 scope link | sed -n 's|^[^ ]*/.* congctl \([^ ]*\).*|\1|p')
        ip -4 route replace "$2/32" via "$3" dev eth0 ${congestion:+congctl "$congestion"}
        ;;
    remove) ip -4 route del "$2/32" 2>/dev/null || true ;;
    show) ip -4 route show "$2/32" | sed -n 's/.* via \([^ ]*\) .*/\1/p' ;;
esac
# What TCP has learnt about the way before would shape what it does next.
[ "$1" = show ] || ip tcp_metrics flush all
