#!/bin/sh
# Makes the key log of a run, which the servers add the secrets of TLS connections to, where there is none yet. Whoever
# reads it reads the captures.
set -eu
. "$(dirname "$0")/lib.sh"

cd "$LAB_CAPTURES_DIR" 2>/dev/null || stop "there is no folder $LAB_CAPTURES_DIR" 'cure: make down, then make up'
[ ! -e tls.keys ] || exit 0
: >tls.keys
chmod 660 tls.keys
chown "$LAB_UID:$LAB_GID" tls.keys
