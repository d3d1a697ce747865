#!/bin/sh
# Whether a server answers, and its host is on the network: a host that starts again leaves its programs in a network
# namespace without an interface. Waits for a server that has just started: that costs less than asking again.
set -eu
until test -S "$CONTROL_SOCKET"; do sleep 0.05; done
curl -fsS --unix-socket "$CONTROL_SOCKET" http://localhost/health
grep -qx up /sys/class/net/eth0/operstate
