#!/bin/sh
# rotate.sh [FILE]: gives full capture files their numbers. tcpdump runs this when FILE is full, and goes on
# in the next of $HOST.pcap, $HOST.pcap1, $HOST.pcap2 and so on, which may not be there yet. The full one
# becomes $HOST.0001.pcap and so on, the newest $HOST.pcap, and the oldest beyond LAB_CAPTURE_FILES goes.
# tcpdump waits for none of these runs: the lock puts them in order. Without FILE: what is left to do.
set -eu
case "${1-}" in
    '') full=-1 ;;
    *.pcap) full=0 ;;
    *) full=${1##*.pcap} ;;
esac
state=/tmp/$HOST.pcap # which of tcpdump's files has that name now

exec 9>"$state.lock"
flock -w 10 9
[ -e "$state" ] || echo 0 >"$state"
current=$(cat "$state")
while [ "$current" -le "$full" ] || [ -e "$HOST.pcap$((current + 1))" ]; do
    current=$((current + 1))
    for _ in $(seq 500); do
        [ ! -e "$HOST.pcap$current" ] || break
        sleep 0.01
    done
    [ -e "$HOST.pcap$current" ] || exit # tcpdump has ended in between
    mv "$HOST.pcap" "$(printf '%s.%04d.pcap' "$HOST" "$current")"
    mv "$HOST.pcap$current" "$HOST.pcap"
    echo "$current" >"$state"
    oldest=$((current - LAB_CAPTURE_FILES + 1))
    [ "$oldest" -lt 1 ] || rm -f "$(printf '%s.%04d.pcap' "$HOST" "$oldest")"
done
