#!/bin/sh
# make certs: a new CA and new certificates. Servers that run take them for connections that come from now on.
set -eu
. "$(dirname "$0")/lib.sh"

lock_lab 'make certs'
setup/images.sh
read_containers
# A lab that is up keeps its addresses, whatever .env says now.
if [ -n "$containers" ]; then use_settings_of_lab LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS; fi
said=$(mktemp)
at_exit 'rm -f "$said"'
docker compose run --rm --no-TTY certificates services/certificates/certificates.sh --new </dev/null 2>"$said" || {
    cat "$said" >&2
    stop 'the certificates could not be made (the reason is above)'
}
# Compose makes the lab's network for it; servers that run see by themselves that their certificates are new.
[ -n "$containers" ] || quietly docker compose down
