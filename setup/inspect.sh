#!/bin/sh
# inspect.sh COMMAND [CAPTURE] OPTION…: runs `inspect` on the captures, in a container of its own, also when no lab is
# up. CAPTURE may be the path of a file of this machine.
set -eu
. "$(dirname "$0")/lib.sh"

command=$1
shift
[ -d "$LAB_CAPTURES_DIR" ] || stop "there are no captures: $LAB_CAPTURES_DIR is no folder" 'cure: make up'
setup/images.sh
set -- "$command" "$@"
if [ "$command" = show ]; then
    case "$2" in
        server | client) ;;
        *)
            [ -f "$2" ] && [ -r "$2" ] || stop "CAPTURE is \"$2\"; allowed: server, client, or the path of a capture file"
            folder=$(cd "$(dirname -- "$2")" && pwd)
            file=$(basename -- "$2")
            shift 2
            set -- "$command" "/given/$file" "$@"
            ;;
    esac
fi
terminal=--no-TTY
if [ -t 0 ] && [ -t 1 ]; then terminal=; fi
# shellcheck disable=SC2086
exec docker compose run --rm --quiet-pull $terminal ${folder:+--volume "$folder:/given:ro"} inspect "$@"
