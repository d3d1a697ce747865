#!/bin/sh
# rotate.sh [FILE]: gives a full capture file its number. tcpdump runs this when FILE is full, and goes on in the next of
# $HOST.pcap.1., $HOST.pcap.1.1, $HOST.pcap.1.2 and so on. That file may not be there yet. The first number is the number
# of the tcpdump, because capture.sh can start several, one after the other. The newest file is $HOST.pcap. tcpdump does
# not wait for this script, so a lock puts its runs in order. Without FILE, it does what is left to do for $PIECE.
set -eu
. "$(dirname "$0")/ring.sh"
. "$(dirname "$0")/record.sh"
file=${1-$HOST.pcap.$PIECE.}
full=${file##*.}
names=${file%"$full"} # without their own number
state=/tmp/${names%.} # the number of the file that is $HOST.pcap now

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
    [ -e "$names$current" ] || exit 0 # tcpdump has ended meanwhile
    packets_in "$HOST.pcap" >>"$state.packets"
    lay_aside
    mv "$names$current" "$HOST.pcap"
    echo "$current" >"$state"
    keep_newest
done
