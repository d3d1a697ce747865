#!/bin/sh
# live.sh OPTION…: shows the packets of a sidecar's host live. Only tcpdump runs as root: tshark ignores the dissector for
# root.
set -eu
work=$(mktemp -d)
packets=$work/packets
mkfifo "$packets"
# Opened for reading and writing, so that tcpdump can begin before there is a reader.
exec 3<>"$packets"
tcpdump -i eth0 -n -U --immediate-mode -s 65535 -Z root -w - -F "${0%/*}/filter" >"$packets" 2>"$work/said" 3<&- &
# Once tcpdump listens, no packet is missed: unread packets wait in the pipe.
while kill -0 $! 2>/dev/null && ! grep -q 'listening on' "$work/said"; do sleep 0.02; done
exec 4<"$packets" 3<&-
# Only the group of the person who ran make may read the key log.
groups=--clear-groups
[ ! -e /captures/tls.keys ] || groups="--groups $(stat -c %g /captures/tls.keys)"
# Ctrl-C ends the program that shows the packets; tcpdump, in the background, ends after it.
trap : INT TERM
# shellcheck disable=SC2086
setpriv --reuid 10001 --regid 10001 $groups --inh-caps=-all \
    env HOME=/tmp node /lab/analysis/main.ts live "$@" <&4 4<&- || status=$?
kill $! 2>/dev/null || true
rm -r "$work"
exit "${status:-0}"
