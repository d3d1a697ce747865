#!/bin/sh
# Whether packets are captured, and the host is on the network. tcpdump creates the file once it captures.
set -eu
until test -e "/tmp/$HOST.begun" && test -s "/captures/$HOST.pcap"; do sleep 0.05; done
grep -qx up /sys/class/net/eth0/operstate
