#!/bin/bash
# A client that makes one attempt only.
server=$1 port=$2 protocol=$3 text=$4
whole="$text|$(printf %s "$text" | sha1sum | cut -c 1-8)"
exec 3<>"/dev/$protocol/$server/$port"
printf %s "$whole" >&3
arrived=
while IFS= read -r -t 1 -n 1 -u 3 letter; do
    arrived=$arrived$letter
    [ "$arrived" != "$whole" ] || { echo "received: $text" && exit 0; }
done
exit 1
