#!/bin/sh
# live.sh OPTION…: in a sidecar, shows the packets of its host as they come. Root only for tcpdump's socket: for root
# tshark would leave out the dissector.
set -eu
work=$(mktemp -d)
packets=$work/packets
mkfifo "$packets"
# Open for both, so that tcpdump begins while nobody reads yet.
exec 3<>"$packets"
tcpdump -i eth0 -n -U --immediate-mode -s 65535 -Z root -w - -F "${0%/*}/filter" >"$packets" 2>"$work/said" 3<&- &
# Once it listens no packet is missed: what comes before it is read waits in the pipe.
while kill -0 $! 2>/dev/null && ! grep -q 'listening on' "$work/said"; do sleep 0.02; done
exec 4<"$packets" 3<&-
# The key log is for the group of the person who ran make.
groups=--clear-groups
[ ! -e /captures/tls.keys ] || groups="--groups $(stat -c %g /captures/tls.keys)"
# Ctrl-C is for what shows them; tcpdump, in the background, ends behind it.
trap : INT TERM
# shellcheck disable=SC2086
setpriv --reuid 10001 --regid 10001 $groups --inh-caps=-all \
    env HOME=/tmp node /lab/analysis/main.ts live "$@" <&4 4<&- || status=$?
kill $! 2>/dev/null || true
rm -r "$work"
exit "${status:-0}"
