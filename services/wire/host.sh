#!/bin/sh
# host.sh: owns the network namespace of the wire. It closes the host, makes the device tun0 and sends everything that
# arrives for another host there. Once the run has begun, it makes the journal of the wire, as the owner of the captures
# folder. Then it gives up all rights and sleeps.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

"$here/../host/close.sh"
# While the program does not run, the kernel forwards by itself, and would tell both hosts of the shorter way.
no_redirects='OUTPUT -p icmp --icmp-type redirect -j DROP'
# shellcheck disable=SC2086
iptables -A $no_redirects 2>/dev/null || iptables-legacy -A $no_redirects

ip tuntap add dev tun0 mode tun user 0
ip link set tun0 mtu "$(cat /sys/class/net/eth0/mtu)" txqueuelen 10000 up
# The queue of the device must not drop: the wire has a queue of its own.
tc qdisc replace dev tun0 root pfifo limit 10000
ip -4 rule add iif eth0 lookup 100
ip -4 route add default dev tun0 table 100

owner=$(stat -c %u:%g /captures)
keep=-all,+chown
setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --clear-groups --inh-caps="$keep" --ambient-caps="$keep" \
    "$here/../host/join.sh" sh -c 'cd /captures && . "$0/../host/journals.sh" && { [ -e wire.log ] || make_journal wire.log; }' "$here"
exec setpriv --reuid 10001 --regid 10001 --clear-groups --inh-caps=-all --ambient-caps=-all sleep infinity
