#!/bin/sh
# close.sh [PORT/PROTOCOL…]: lets this host talk to hosts of its own network only. The machine that it runs on is on that
# network too, as the gateway, and gets answers from the published ports and nothing else. No connection is tracked:
# a lab can have more of them than such a table holds.
set -eu

gateway=$(ip -4 route show default | awk '{ print $3; exit }')
subnet=$(ip -4 route show dev eth0 scope link | awk '{ print $1; exit }')
ip -4 route replace unreachable default
# A program that binds itself to the interface needs no route, so that a route alone closes nothing.
[ $# -gt 0 ] || [ -z "$gateway" ] || ip -4 route add unreachable "$gateway"

rules() {
    echo '*filter'
    echo '-A OUTPUT -o eth0 -m addrtype ! --dst-type UNICAST -j DROP'
    echo "-A OUTPUT -o eth0 ! -d $subnet -j DROP"
    if [ -n "$gateway" ]; then
        for port; do
            case "$port" in
                */tcp) echo "-A OUTPUT -o eth0 -d $gateway -p tcp --sport ${port%/*} ! --syn -j ACCEPT" ;;
                */udp) echo "-A OUTPUT -o eth0 -d $gateway -p udp --sport ${port%/*} -j ACCEPT" ;;
            esac
        done
        echo "-A OUTPUT -o eth0 -d $gateway -j DROP"
    fi
    echo COMMIT
}
# Kernels without nf_tables have the older tables.
said=$(rules "$@" | iptables-restore 2>&1) || said=$(rules "$@" | iptables-legacy-restore 2>&1) || {
    printf 'the host can not be closed, so it does not start: %s\n' "$said" >&2
    exit 1
}

# Nothing of the lab speaks IPv6, which an engine may give its networks.
[ ! -e /proc/net/if_inet6 ] || ip -6 address flush dev eth0
