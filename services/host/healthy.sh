#!/bin/sh
# The health check of a server: it answers, and its host is on the network. A host that starts again leaves its programs
# in a network namespace without an interface. Exits 3 when the server answers but can't write its journal. It waits for
# a server that has just started: that costs less than asking again.
set -eu
until test -S "$CONTROL_SOCKET"; do sleep 0.02; done
grep -qx up /sys/class/net/eth0/operstate
if ! answer=$(curl -sS --fail-with-body --unix-socket "$CONTROL_SOCKET" http://localhost/health); then
    echo "$answer"
    case "$answer" in *'"serving":true'*) exit 3 ;; esac
    exit 1
fi
