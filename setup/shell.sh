#!/bin/sh
# make shell: opens a shell in the client host. With LAB_CLIENT_RAW=1 it has raw sockets, in its own container. The exit code
# of the shell is no error of make.
set -eu
. "$(dirname "$0")/lib.sh"

case "$LAB_CLIENT_RAW" in
    # The running lab may have raw sockets.
    0) use_settings_of_lab LAB_CLIENT_RAW ;;
    1) ;;
    *) stop "LAB_CLIENT_RAW is \"$LAB_CLIENT_RAW\"; allowed: 0, 1" ;;
esac
[ "$LAB_CLIENT_RAW" = 1 ] || exec setup/exec.sh client sh -c 'bash; true'
setup/exec.sh client true </dev/null
if [ -t 0 ] && [ -t 1 ]; then tty=; else tty=--no-TTY; fi
exec docker compose --progress quiet run --rm --no-deps $tty client-raw sh -c 'bash; true'
