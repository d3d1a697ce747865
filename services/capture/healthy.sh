#!/bin/sh
# The health check of a capture: it captures, no packets are missing, and the host is on the network. Waits for a capture
# that has just started. Exits 3 while packets are missing.
set -eu
grep -qx up /sys/class/net/eth0/operstate || { echo 'the host has no network interface that is up'; exit 1; }
until [ -s /tmp/state ]; do sleep 0.02; done
read -r state </tmp/state
case "$state" in
    capturing*) ;;
    *)
        echo "$state"
        exit 3
        ;;
esac
# capture.sh looks every 2 s.
[ -n "$(find /tmp/watched -newermt '-30 seconds')" ] || { echo 'nobody watches this capture any more, so packets can go missing without a record'; exit 1; }
