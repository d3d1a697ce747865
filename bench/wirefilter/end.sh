#!/bin/sh
# end.sh near|far: one end of a way through wirefilter. It has a switch, a device that is plugged into it, a capture of the
# device, and an iperf3 that receives.
set -eu
case "$1" in
    near) own=1 peer=2 ;;
    far) own=2 peer=1 ;;
esac

rm -rf "/sockets/$1"
vde_switch --sock "/sockets/$1" --daemon
vde_plug2tap --sock "/sockets/$1" --daemon tap0
until [ -e /sys/class/net/tap0 ]; do sleep 0.05; done
ip link set tap0 address "02:00:00:00:00:0$own" up
ip -4 address add "10.79.0.$own/24" dev tap0
# An ARP request could be lost on the way too.
ip neigh add "10.79.0.$peer" lladdr "02:00:00:00:00:0$peer" dev tap0 nud permanent

tcpdump -i tap0 -n -U --immediate-mode -s 65450 -B "$CAPTURE_BUFFER_KIB" -Z root -C "$CAPTURE_FILE_MB" -W 1 -w "/captures/$1.pcap" &
exec iperf3 --server
