#!/bin/sh
# inspect.sh COMMAND [CAPTURE] OPTION…: runs analysis/main.ts on the captures, in its own container, so it needs no running
# lab. `live` runs in the sidecar of a host, server or client. CAPTURE may be the path of a file on this machine.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/given-file.sh
read_running_lab LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT

command=$1
shift
# refuse WITH OPTION…: stops if one of these options is given, because it has no meaning with WITH.
refuse() {
    with=$1
    shift
    for option; do
        case "$given" in *" $option "*) stop "$(typed_as "$option") can not be combined with $with; give one of them" ;; esac
    done
}
# typed_as OPTION: make's name of it.
# shellcheck disable=SC2086
typed_as() { printf '%s\n' ${LAB_OPTION_NAMES-} | sed -n "s/^$1=//p"; }
given=" $* "
case "$command" in
    live) refuse LIVE --last --follow --transfer ;;
    entries) refuse ENTRIES --last --follow --filter --transfer --bytes ;;
    compare) refuse COMPARE --last --follow --filter --transfer --bytes --no-keys ;;
esac

if [ "$command" = live ]; then
    case "$1" in
        server | client) ;;
        *) stop "CAPTURE is \"$1\"; allowed with LIVE: server, client" ;;
    esac
    host=$1
    shift
    are_of_this_folder
    # A program in a sidecar does not notice that its reader has left. When its tcpdump ends, all of it ends.
    in_sidecar() { setup/exec.sh "capture-$host" "$@"; }
    id=/tmp/shown-$$
    at_exit 'in_sidecar sh -c "$end_it" sh "$id" >/dev/null 2>&1 </dev/null || true'
    # The code for at_exit uses it.
    # shellcheck disable=SC2034
    end_it='
        [ -e "$1" ] || exit 0
        read -r parent <"$1"
        rm "$1"
        for process in /proc/[0-9]*; do
            read -r id name state of rest <"$process/stat" && [ "$of" = "$parent" ] && kill "$id"
        done; true'
    in_sidecar sh -c 'echo $$ >"$0"; exec "$@"' "$id" env "HTTP_PORT=$HTTP_PORT" "HTTPS_PORT=$HTTPS_PORT" \
        "ECHO_PORT=$ECHO_PORT" "ECHO_TLS_PORT=$ECHO_TLS_PORT" \
        /lab/services/capture/live.sh "$@"
    exit
fi

case "$command" in annotate | report | demo) lock_lab "make $command" ;; esac
[ -d "$LAB_CAPTURES_DIR" ] || stop "there are no captures, because there is no folder $LAB_CAPTURES_DIR" 'cure: make up'
. setup/reader.sh
reader=$owner given=
copy_for_student() {
    copies=$(mktemp -d)
    at_exit 'rm -rf "$copies"'
    for name in "$(basename -- "$file")" tls.keys $journals; do
        [ ! -r "$folder/$name" ] || cp -- "$folder/$name" "$copies/"
    done
    chmod -R a+rX "$copies"
    folder=$copies
}

# Commands that only read run as student: the image has compiled code for that user, and tshark ignores the dissector for
# root.
case "$command" in
    show | entries)
        case "$1" in
            server | client | wire) reader=$student ;;
            *)
                check_given "$1"
                file=$(target_of "$1")
                folder=$(dirname -- "$file")
                given=yes
                # Only the person may be able to read the file. If that is root, the student gets a copy.
                reader=$(id -u):$(id -g)
                if [ -n "$is_root" ]; then
                    reader=$student
                    [ -n "$(find "$folder" -prune -perm -005)" ] && [ -n "$(find "$file" -perm -004)" ] || copy_for_student
                else
                    for group in $(id -G); do groups="$groups --group-add $group"; done
                fi
                shift
                set -- "/given/$(basename -- "$file")" "$@"
                ;;
        esac
        ;;
    compare) reader=$student ;;
esac
in_reader ${given:+--mount "$(mount "$folder" /given),readonly"} \
    --entrypoint node "$LAB_IMAGES/capture" analysis/main.ts "$command" "$@"
