#!/bin/sh
# inspect.sh COMMAND [CAPTURE] OPTION…: runs `inspect` on the captures, in a container of its own, also when no lab is
# up; `live` in the sidecar of a host, server or client. CAPTURE may be the path of a file of this machine.
set -eu
. "$(dirname "$0")/lib.sh"

command=$1
shift
# refuse WITH OPTION=NAME…: stops when one of these options is given, which mean nothing with it.
refuse() {
    with=$1
    shift
    for option; do
        case "$given" in *" ${option%=*} "*) stop "${option#*=} is given with $with; allowed: one of them" ;; esac
    done
}
given=" $* "
case "$command" in
    live) refuse LIVE --last=LAST --follow=FOLLOW ;;
    entries) refuse ENTRIES --last=LAST --follow=FOLLOW --filter=FILTER --bytes=BYTES ;;
    compare) refuse COMPARE --last=LAST --follow=FOLLOW --filter=FILTER --bytes=BYTES --no-keys=KEYS ;;
esac

if [ "$command" = live ]; then
    case "$1" in
        server | client) ;;
        *) stop "CAPTURE is \"$1\"; allowed with LIVE: server, client" ;;
    esac
    host=$1
    shift
    exec setup/exec.sh "capture-$host" env "HTTP_PORT=$HTTP_PORT" "HTTPS_PORT=$HTTPS_PORT" \
        "ECHO_PORT=$ECHO_PORT" "ECHO_TLS_PORT=$ECHO_TLS_PORT" \
        /lab/services/inspect/live.sh "$@"
fi

[ -d "$LAB_CAPTURES_DIR" ] || stop "there are no captures: $LAB_CAPTURES_DIR is no folder" 'cure: make up'
setup/images.sh
owner=$(captures_owner)
reader=$owner folder=
# What only reads runs as student, for whom it has been compiled already; and for root tshark would leave out the
# dissector. A file of the person's own may be for that person alone.
case "$command" in
    show | entries)
        case "$1" in server | client) reader=10001:10001 ;; esac
        [ "${owner%:*}" -ne 0 ] || reader=10001:10001
        ;;
    compare) reader=10001:10001 ;;
esac
if [ "$command" = show ] || [ "$command" = entries ]; then
    case "$1" in
        server | client) ;;
        *)
            [ -f "$1" ] && [ -r "$1" ] || stop "CAPTURE is \"$1\"; allowed: server, client, or the path of a capture file"
            folder=$(cd -- "$(dirname -- "$1")" && pwd)
            file=$(basename -- "$1")
            shift
            set -- "/given/$file" "$@"
            ;;
    esac
fi
terminal=
if [ -t 0 ] && [ -t 1 ]; then terminal='--interactive --tty'; fi
# Not by Compose, which would make the lab's network for it.
# shellcheck disable=SC2086
exec docker run --rm --init $terminal --label "com.docker.compose.project=$COMPOSE_PROJECT_NAME-inspect" --user "$reader" --group-add "${owner#*:}" --group-add 10004 \
    --network none --cap-drop ALL --security-opt no-new-privileges:true --read-only --tmpfs /tmp --env HOME=/tmp \
    --env NO_COLOR --env HTTP_PORT --env HTTPS_PORT --env ECHO_PORT --env ECHO_TLS_PORT --env LAB_SERVER_ADDRESS --env LAB_CLIENT_ADDRESS \
    --env "LAB_CAPTURES_DIR=${LAB_CAPTURES_DIR#"$PWD"/}" \
    --volume "$LAB_CAPTURES_DIR:/captures" ${folder:+--volume "$folder:/given:ro"} \
    --entrypoint node "$LAB_IMAGES/capture" services/inspect/main.ts "$command" "$@"
