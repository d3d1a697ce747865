#!/bin/bash
# samples.sh PEER PORT: prints every 20 ms what the kernel knows about the TCP connections with this peer to or from the
# port. That is the time, then a line of ss for each. It ends with its standard input, at the latest after 11 minutes.
set -u
export LC_ALL=C # a point in the time
ends=$((SECONDS + 660))
while [ "$SECONDS" -lt "$ends" ]; do
    echo "$EPOCHREALTIME" && ss -tinOH dst "$1" and '(' sport = ":$2" or dport = ":$2" ')' || exit
    # Its status is above 128 when nothing has come in this time.
    read -r -t 0.02 _
    [ $? -gt 128 ] || exit 0
done
