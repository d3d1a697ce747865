#!/bin/sh
# How TCP connections from this host to its peer find their rate. It runs in the network namespace of a host, as root. An
# attribute of the route has the name, so programs of any user get it. Connections that are open keep theirs.
#
# congestion.sh use PEER NAME: connections to the peer use this congestion control.
#
# congestion.sh forget PEER: they use that of the host again.
set -eu

# The route may lead through the wire.
wire=$(ip -4 route show "$2/32" | sed -n 's/.* via \([^ ]*\) .*/\1/p')
case "$1" in
    use)
        ip -4 route replace "$2/32" ${wire:+via "$wire"} dev eth0 congctl "$3" 2>/dev/null || {
            printf 'CC is "%s"; allowed by this kernel: %s\n' "$3" "$(sed 's/ /, /g' /proc/sys/net/ipv4/tcp_available_congestion_control)" >&2
            exit 2
        }
        ;;
    forget)
        if [ -n "$wire" ]; then
            ip -4 route replace "$2/32" via "$wire" dev eth0
        else
            ip -4 route del "$2/32" 2>/dev/null || true
        fi
        ;;
esac
