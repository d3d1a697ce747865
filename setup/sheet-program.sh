#!/bin/sh
# sheet-program.sh COMMAND OPTION…: runs analysis/sheets/main.ts on the captures, in its own container, with the sheets of
# this folder.
set -eu
. "$(dirname "$0")/lib.sh"
read_running_lab LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT

command=$1
[ "$command" != settings ] || [ -d "$LAB_CAPTURES_DIR" ] || mkdir -p "$LAB_CAPTURES_DIR"
[ -d "$LAB_CAPTURES_DIR" ] || stop "there are no captures, because there is no folder $LAB_CAPTURES_DIR" 'cure: make sheet NAME=… STUDENT=…'
. setup/reader.sh
# A command that writes no file runs as student.
case "$command" in
    check | settings | plan-program | check-program) reader=$student ;;
    *) reader=$owner ;;
esac
# Only this command reads standard input.
input=
[ "$command" != check-program ] || input=--interactive
in_reader $input --env ECHO_DELAY_SECONDS --env ECHO_LOSS --env ECHO_MODE --env LAB_TOKEN --env LAB_SUBNET --env LAB_WIRE_ADDRESS --mount "$(mount "$PWD/sheets" /sheets),readonly" \
    --entrypoint node "$LAB_IMAGES/capture" analysis/sheets/main.ts "$@"
