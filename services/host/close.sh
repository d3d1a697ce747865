#!/bin/sh
# close.sh [PORT/PROTOCOL…]: lets this host talk only to hosts of its own network. This machine is on that network too, as
# the gateway; it gets answers from the published ports and nothing else. The rules don't track connections, because a lab
# can have more of them than the kernel's table holds.
set -eu

gateway=$(ip -4 route show default | awk '{ print $3; exit }')
subnet=$(ip -4 route show dev eth0 scope link | awk '{ print $1; exit }')
ip -4 route replace unreachable default
# A program that binds to the interface needs no route, so the rules below are needed too.
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
# Kernels without nf_tables have the legacy tables.
said=$(rules "$@" | iptables-restore 2>&1) || said=$(rules "$@" | iptables-legacy-restore 2>&1) || {
    printf 'the host does not start, because its firewall rules can not be set: %s\n' "$said" >&2
    exit 1
}

# The lab uses no IPv6, but an engine may enable it for its networks.
[ ! -e /proc/net/if_inet6 ] || ip -6 address flush dev eth0
