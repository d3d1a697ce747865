#!/bin/sh
# Gives a new run an empty captures folder: the files of an earlier run go to its archive, and the journals
# are made here, so that they belong to the person who runs make. The servers write them by its group.
set -eu
. "$(dirname "$0")/lib.sh"

mkdir -p "$LAB_CAPTURES_DIR"
earlier=$(cd "$LAB_CAPTURES_DIR" && find . -maxdepth 1 -type f ! -name README.md | sed 's|^\./||')
IFS='
'
# shellcheck disable=SC2086
services/capture/archive.sh "$LAB_CAPTURES_DIR" $earlier
cd "$LAB_CAPTURES_DIR"
: >http.log
chmod g+rx .
chmod 664 http.log
chown "$LAB_UID:$LAB_GID" . http.log
[ ! -d archive ] || chown -R "$LAB_UID:$LAB_GID" archive
