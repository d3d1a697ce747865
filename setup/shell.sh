#!/bin/sh
# make shell: a shell in the client host, with LAB_CLIENT_RAW=1 one that has raw sockets, in a container of its own.
# How the last command in it ended is no error of make's.
set -eu
. "$(dirname "$0")/lib.sh"

case "$LAB_CLIENT_RAW" in
    # The lab may have been started with it.
    0) use_settings_of_lab LAB_CLIENT_RAW ;;
    1) ;;
    *) stop "LAB_CLIENT_RAW is \"$LAB_CLIENT_RAW\"; allowed: 0, 1" ;;
esac
[ "$LAB_CLIENT_RAW" = 1 ] || exec setup/exec.sh client sh -c 'bash; true'
setup/exec.sh client true </dev/null
if [ -t 0 ] && [ -t 1 ]; then tty=; else tty=--no-TTY; fi
exec docker compose --progress quiet run --rm --no-deps $tty client-raw sh -c 'bash; true'
