#!/bin/sh
# rotate.sh [FILE|all]: gives full capture files their numbers. tcpdump runs this when FILE is full, and goes on
# in the next of $HOST.pcap, $HOST.pcap1, $HOST.pcap2 and so on, which may not be there yet. The full one
# becomes $HOST.0001.pcap and so on, the newest $HOST.pcap, and the oldest beyond LAB_CAPTURE_FILES goes.
# tcpdump waits for none of these runs: the lock puts them in order. Without FILE: what is left to do. With all, every
# file gets its number, the newest too: no tcpdump writes to them any more.
set -eu
case "${1-}" in
    '' | all) full=-1 ;;
    *.pcap) full=0 ;;
    *) full=${1##*.pcap} ;;
esac
state=/tmp/$HOST.pcap # which of tcpdump's files has that name now

# Numbers of the files that have one, the highest first.
numbers() {
    for numbered in "$HOST".[0-9]*.pcap; do
        number=${numbered#"$HOST".}
        number=${number%.pcap}
        case "$number" in *[!0-9]*) ;; *) echo "$number" ;; esac
    done | sort -rn
}

# The newest gets the next number.
number_newest() {
    highest=$(numbers | head -n 1 | sed 's/^0*//')
    mv "$HOST.pcap" "$(printf '%s.%04d.pcap' "$HOST" "$((${highest:-0} + 1))")"
    numbers | tail -n +"$LAB_CAPTURE_FILES" | while read -r old; do rm -f "$HOST.$old.pcap"; done
}

# Files of tcpdump that have no number yet, besides the newest, the oldest first.
waiting() {
    for file in "$HOST".pcap[0-9]*; do [ ! -e "$file" ] || echo "${file##*.pcap}"; done | sort -n
}

exec 9>"$state.lock"
flock -w 10 9
if [ "${1-}" = all ]; then
    for next in 0 $(waiting); do
        [ "$next" -eq 0 ] || mv "$HOST.pcap$next" "$HOST.pcap"
        # An empty one is of a tcpdump that could not begin.
        [ ! -s "$HOST.pcap" ] || number_newest
    done
    exit
fi
[ -e "$state" ] || echo 0 >"$state"
current=$(cat "$state")
while [ "$current" -le "$full" ] || [ -e "$HOST.pcap$((current + 1))" ]; do
    current=$((current + 1))
    for _ in $(seq 500); do
        [ ! -e "$HOST.pcap$current" ] || break
        sleep 0.01
    done
    [ -e "$HOST.pcap$current" ] || exit # tcpdump has ended in between
    number_newest
    mv "$HOST.pcap$current" "$HOST.pcap"
    echo "$current" >"$state"
done
