#!/bin/bash
# A client that survives: it makes three attempts and waits one second for each answer.
server=$1 port=$2 protocol=$3
shift 3

checksum() { printf %s "$1" | sha1sum | cut -c 1-8; }

# open: a new connection, read at descriptor 3 and written at 4. The shell reads single bytes, and of a datagram it would
# lose the rest, so netcat reads these.
open() {
    if [ "$protocol" = tcp ]; then
        exec 3<>"/dev/tcp/$server/$port" 4>&3
    else
        coproc NETCAT { exec nc -u "$server" "$port"; }
        exec 3<&"${NETCAT[0]}" 4>&"${NETCAT[1]}"
    fi
} 2>/dev/null

# read_echo WHOLE: true if it is the next thing that arrives within a second.
read_echo() {
    whole=$1 arrived=
    while IFS= read -r -t 1 -n 1 -u 3 letter; do
        arrived=$arrived$letter
        case "$whole" in
            "$arrived") return 0 ;;
            "$arrived"*) ;;
            *)
                # It may be the rest of an earlier echo: what follows the wrong letter is thrown away.
                while IFS= read -r -t 0.1 -n 1 -u 3 letter; do
                    arrived=$arrived$letter
                    case "$arrived" in *"$whole") return 0 ;; esac
                done
                return 1
                ;;
        esac
    done
    return 1
}

attempt() {
    whole="$1|$(checksum "$1")"
    [ -n "$is_open" ] || open || return 1
    is_open=yes
    printf %s "$whole" >&4 2>/dev/null && read_echo "$whole" && return 0
    # After a reset the socket is of no use. A datagram needs none.
    if [ "$protocol" = tcp ]; then exec 3>&- 4>&- && is_open=; fi
    return 1
}

balance() {
    for _ in 1 2 3; do
        status=$(curl --silent --max-time 1 --output /dev/null --write-out '%{http_code}' "http://$server:$port/getbalance")
        case "$status" in
            200) echo 'received: 200' && exit 0 ;;
            4*) echo "refused: $status" && exit 1 ;;
        esac
    done
    exit 1
}

trap '' PIPE
[ "$protocol" != http ] || balance
code=0 is_open=
for text; do
    done=
    for _ in 1 2 3; do
        if attempt "$text"; then done=yes && break; fi
    done
    if [ -n "$done" ]; then echo "received: $text"; else code=1; fi
done
exit "$code"
