#!/bin/sh
# Makes sure that the lab's images are built from the present sources. Each image has a tag with a checksum of the sources,
# so a warm start only compares tags. A label would change the images, and Compose by itself must build the same ones. With
# --look it builds nothing, and fails if an image is not current.
set -eu
. "$(dirname "$0")/lib.sh"

sources=$({
    echo "$LAB_BASE_IMAGE $LAB_CLIENT_LANGUAGES"
    find package.json package-lock.json .dockerignore lib analysis client services dissector -type f ! -name '*.test.ts' ! -name '*testing.ts' |
        LC_ALL=C sort | xargs cksum
} | cksum | tr ' ' -)
images="$LAB_IMAGES/programs $LAB_IMAGES/capture $LAB_IMAGES/client"

# True if each image has the tag of the present sources.
are_current() {
    # shellcheck disable=SC2046
    ids=$(docker image inspect --format '{{.Id}}' $(for image in $images; do echo "$image" "$image:$sources"; done) 2>/dev/null) &&
        [ -z "$(printf '%s\n' "$ids" | uniq -u)" ]
}

if are_current; then exit; fi
[ "${1-}" != --look ] || exit 1
lock_lab 'a build of the images'
# Another build may have finished meanwhile.
if ! are_current; then
    setup/engine.sh
    # The lab of another folder may have images of the same names.
    read_containers
    [ -r "$LAB_CA_FILE" ] || stop 'no file with CA certificates was found' \
        'cure: name one, NODE_EXTRA_CA_CERTS=/path/to/certificates.pem make up'
    setup/base-image.sh
    say 'building the images'
    quietly docker compose build http capture-server client || stop 'the images could not be built; the output is above'
    for image in $images; do
        for old in $(docker image ls --filter "reference=$image" --format '{{.Tag}}'); do
            # An image that a lab still uses is removed at a later build.
            [ "$old" = latest ] || docker image rm "$image:$old" >/dev/null 2>&1 || true
        done
        docker tag "$image" "$image:$sources"
    done
fi
