#!/bin/sh
# The health check of a server: it answers, and its host is on the network. When a host starts again, its programs are left
# in a network namespace without an interface. Exits 3 if the server answers but can't write its journal. It waits for a
# server that has just started, because that costs less than another check.
set -eu
until test -S "$CONTROL_SOCKET"; do sleep 0.02; done
grep -qx up /sys/class/net/eth0/operstate
if ! answer=$(curl -sS --fail-with-body --unix-socket "$CONTROL_SOCKET" http://localhost/health); then
    echo "$answer"
    case "$answer" in *'"serving":true'*) exit 3 ;; esac
    exit 1
fi
