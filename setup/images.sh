#!/bin/sh
# Makes sure that the lab's images are built from the sources as they are now, with all that building them needs.
# The images carry a checksum of these, so that a look at a label tells and a warm start does nothing else.
set -eu
. "$(dirname "$0")/lib.sh"

LAB_SOURCES=$({
    echo "$LAB_BASE_IMAGE"
    find package.json package-lock.json .dockerignore services client -type f ! -name '*.test.ts' ! -name '*testing.ts' |
        LC_ALL=C sort | xargs cksum
} | cksum | tr ' ' -)
export LAB_SOURCES

built=$(docker image inspect --format '{{index .Config.Labels "wirelab.sources"}}' \
    "$LAB_IMAGES/programs" "$LAB_IMAGES/capture" 2>/dev/null | paste -s -d ' ' -)
if [ "$built" != "$LAB_SOURCES $LAB_SOURCES" ]; then
    setup/engine.sh
    [ -r "$LAB_CA_FILE" ] || stop 'no file of CA certificates was found' \
        'cure: name one, NODE_EXTRA_CA_CERTS=/path/to/certificates.pem make up'
    setup/base-image.sh
    say 'building the images'
    quietly docker compose build http capture-server || stop 'the images could not be built (the output is above)'
fi
