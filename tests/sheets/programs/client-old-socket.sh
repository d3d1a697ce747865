#!/bin/bash
# A client that after a reset goes on with the same socket.
server=$1 port=$2 text=$4
whole="$text|$(printf %s "$text" | sha1sum | cut -c 1-8)"
trap '' PIPE
exec 3<>"/dev/tcp/$server/$port"
for _ in 1 2 3; do
    arrived=
    printf %s "$whole" >&3
    while IFS= read -r -t 1 -n 1 -u 3 letter; do
        arrived=$arrived$letter
        [ "$arrived" != "$whole" ] || break 2
    done
done
[ "$arrived" != "$whole" ] || echo "received: $text"
