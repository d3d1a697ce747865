#!/bin/sh
# rotate.sh FILE: gives a full capture file its number. tcpdump runs this when FILE is full, and goes on in the next
# of $HOST.pcap.1., $HOST.pcap.1.1, $HOST.pcap.1.2 and so on, which may not be there yet. The first number is that of
# the tcpdump, of which capture.sh can start several one after the other. The newest of these is $HOST.pcap.
# tcpdump waits for none of these runs: the lock puts them in order. Without FILE: what is left to do of $PIECE.
set -eu
. "$(dirname "$0")/ring.sh"
. "$(dirname "$0")/record.sh"
file=${1-$HOST.pcap.$PIECE.}
full=${file##*.}
names=${file%"$full"} # but for their own numbers
state=/tmp/${names%.} # which of these is $HOST.pcap now

exec 9>"/tmp/$HOST.lock"
flock -w 10 9
current=$(cat "$state")
[ $# -eq 0 ] || full=${full:-0}
while [ "$current" -le "${full:--1}" ] || [ -e "$names$((current + 1))" ]; do
    current=$((current + 1))
    for _ in $(seq 500); do
        [ ! -e "$names$current" ] || break
        sleep 0.01
    done
    [ -e "$names$current" ] || exit 0 # tcpdump has ended in between
    packets_in "$HOST.pcap" >>"$state.packets"
    lay_aside
    mv "$names$current" "$HOST.pcap"
    echo "$current" >"$state"
    keep_newest
done
