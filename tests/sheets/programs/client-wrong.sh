#!/bin/bash
# A client with one mistake, which its first argument names.
mistake=$1 server=$2 port=$3 protocol=$4
shift 4
goal=$port attempts=3 seconds=1
case "$mistake" in
    no-timeout) seconds=1000000 ;;
    for-ever) attempts=10000 seconds=0.3 ;;
    gives-up-at-once) attempts=1 ;;
    floods) seconds=0.02 ;;
esac

# open: a new connection, read at descriptor 3 and written at 4. Of a datagram the shell would read one byte, so netcat reads
# these. It also joins messages that come close together, so the client that floods uses the shell's own datagrams.
open() {
    if [ "$protocol" = tcp ] || [ "$mistake" = floods ]; then
        exec 3<>"/dev/$protocol/$server/$goal" 4>&3
    else
        coproc NETCAT { exec nc -u "$server" "$goal"; }
        exec 3<&"${NETCAT[0]}" 4>&"${NETCAT[1]}"
    fi
} 2>/dev/null

# read_answer WHOLE: reads $arrived, as long as it can become the message. Returns 1 when nothing arrives in time, 2 at the
# end of the connection.
read_answer() {
    arrived=
    while [ "$arrived" != "$1" ]; do
        IFS= read -r -t "$seconds" -n 1 -u 3 letter 2>/dev/null || { [ $? -gt 128 ] && return 1 || return 2; }
        arrived=$arrived$letter
        case "$1" in "$arrived"*) ;; *) break ;; esac
    done
    # Of another answer, the rest.
    while [ "$arrived" != "$1" ] && IFS= read -r -t 0.1 -n 1 -u 3 letter; do arrived=$arrived$letter; done
    return 0
}

attempt() {
    whole=$1
    [ -n "$is_open" ] || { open && is_open=yes; } || return 1
    { printf %s "$whole" >&4; } 2>/dev/null
    read_answer "$whole"
    case $? in
        1) return 1 ;;
        2)
            [ "$mistake" != reconnects-wrongly ] || goal=$((port + 1))
            [ "$mistake" = old-socket ] || { exec 3>&- 4>&- && is_open=; }
            return 1
            ;;
    esac
    [ "$arrived" = "$whole" ] && return 0
    case "$mistake $arrived" in 'ignores-checksum '*'|'*) return 0 ;; esac
    return 1
}

trap '' PIPE
is_open=
for text; do
    whole="$text|$(printf %s "$text" | sha1sum | cut -c 1-8)"
    for ((made = 0; made < attempts; made += 1)); do
        attempt "$whole" || continue
        echo "received: ${arrived%|*}"
        break
    done
    if [ "$mistake" = duplicates ]; then
        seconds=0.2
        while read_answer "$whole" && [ "$arrived" = "$whole" ]; do echo "received: $text"; done
        seconds=1
    fi
done
