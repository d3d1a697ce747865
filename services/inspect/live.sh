#!/bin/sh
# live.sh OPTION…: in a sidecar, shows the packets of its host as they come. Root only for tcpdump's socket: for root
# tshark would leave out the dissector.
set -eu
tcpdump -i eth0 -n -U --immediate-mode -s 65535 -w - 'ip or arp' 2>/dev/null |
    setpriv --reuid 10001 --regid 10001 --clear-groups --inh-caps=-all \
        env HOME=/tmp node /lab/services/inspect/main.ts live "$@"
