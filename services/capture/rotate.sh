#!/bin/sh
# rotate.sh FILE: tcpdump runs this when FILE is full, and goes on in the file that it names $HOST.pcap1,
# $HOST.pcap2 and so on. Numbers the full one, gives the new one the name $HOST.pcap, removes the oldest.
set -eu
case "$1" in
    *.pcap) number=1 ;;
    *) number=$((${1##*.pcap} + 1)) ;;
esac
next=$HOST.pcap$number
until [ -e "$next" ]; do sleep 0.01; done
mv "$HOST.pcap" "$(printf '%s.%04d.pcap' "$HOST" "$number")"
mv "$next" "$HOST.pcap"
oldest=$((number - LAB_CAPTURE_FILES + 1))
[ "$oldest" -lt 1 ] || rm -f "$(printf '%s.%04d.pcap' "$HOST" "$oldest")"
