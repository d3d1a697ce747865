#!/bin/sh
# make certs: makes a new CA and new certificates. Running servers use them for new connections.
set -eu
. "$(dirname "$0")/lib.sh"

lock_lab 'make certs'
setup/images.sh
read_containers
# A running lab keeps its addresses, even if .env has others now.
if [ -n "$containers" ]; then use_settings_of_lab LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS; fi
said=$(mktemp)
at_exit 'rm -f "$said"'
docker compose run --rm --no-TTY certificates services/certificates/certificates.sh --new </dev/null 2>"$said" || {
    cat "$said" >&2
    stop 'the certificates could not be made; the reason is above'
}
# Compose made the lab's network for this. Running servers notice new certificates themselves.
[ -n "$containers" ] || quietly docker compose down
