#!/bin/sh
# Makes sure that the lab's images are built from the sources as they are now, with all that building them needs.
# The images have a checksum of these as a tag, so that a look tells and a warm start does nothing else. It is no label:
# Compose alone builds the same images, and starts no container again for them. With --look nothing is built: it fails
# where they are not current.
set -eu
. "$(dirname "$0")/lib.sh"

sources=$({
    echo "$LAB_BASE_IMAGE"
    find package.json package-lock.json .dockerignore lib analysis client services dissector -type f ! -name '*.test.ts' ! -name '*testing.ts' |
        LC_ALL=C sort | xargs cksum
} | cksum | tr ' ' -)
images="$LAB_IMAGES/programs $LAB_IMAGES/capture $LAB_IMAGES/client"

# Whether each image is the one that has the tag.
are_current() {
    # shellcheck disable=SC2046
    ids=$(docker image inspect --format '{{.Id}}' $(for image in $images; do echo "$image" "$image:$sources"; done) 2>/dev/null) &&
        [ -z "$(printf '%s\n' "$ids" | uniq -u)" ]
}

if are_current; then exit; fi
[ "${1-}" != --look ] || exit 1
lock_lab 'a build of the images'
# Another build may have made them meanwhile.
if ! are_current; then
    setup/engine.sh
    # Images of the same name belong to the lab of another folder.
    read_containers
    [ -r "$LAB_CA_FILE" ] || stop 'no file of CA certificates was found' \
        'cure: name one, NODE_EXTRA_CA_CERTS=/path/to/certificates.pem make up'
    setup/base-image.sh
    say 'building the images'
    quietly docker compose build http capture-server client || stop 'the images could not be built (the output is above)'
    for image in $images; do
        for old in $(docker image ls --filter "reference=$image" --format '{{.Tag}}'); do
            # One that a lab still runs on goes at a later build.
            [ "$old" = latest ] || docker image rm "$image:$old" >/dev/null 2>&1 || true
        done
        docker tag "$image" "$image:$sources"
    done
fi
