#!/bin/sh
# hand-in.sh: writes the file that a student hands in, from the run in the captures folder. It needs no running lab.
set -eu
. "$(dirname "$0")/lib.sh"
read_running_lab LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT

[ -d "$LAB_CAPTURES_DIR" ] || stop "there are no captures, because there is no folder $LAB_CAPTURES_DIR" 'cure: make sheet NAME=… STUDENT=…'
: "${HAND_INS_DIR:=$PWD/hand-ins}"
# The folder has the student's private key.
(umask 077 && mkdir -p "$HAND_INS_DIR")
. setup/reader.sh
# The function of reader.sh uses it.
# shellcheck disable=SC2034
reader=$owner
in_reader --env "HAND_INS_DIR=$(shown "$HAND_INS_DIR")" --mount "$(mount "$PWD/sheets" /sheets),readonly" \
    --mount "$(mount "$HAND_INS_DIR" /hand-ins)" --entrypoint node "$LAB_IMAGES/capture" analysis/sheets/main.ts hand-in
