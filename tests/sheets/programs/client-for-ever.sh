#!/bin/bash
# A client that makes attempts until its message is answered, however often.
server=$1 port=$2 protocol=$3
shift 3
exec 3<>"/dev/$protocol/$server/$port"
for text; do
    whole="$text|$(printf %s "$text" | sha1sum | cut -c 1-8)"
    arrived=
    until [ "$arrived" = "$whole" ]; do
        printf %s "$whole" >&3
        arrived=
        while IFS= read -r -t 0.3 -n 1 -u 3 letter; do
            arrived=$arrived$letter
            [ "$arrived" != "$whole" ] || break
        done
    done
    echo "received: $text"
done
