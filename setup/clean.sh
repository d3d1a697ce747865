#!/bin/sh
# make clean, after make down: removes the certificates and the images of this lab. Labs of other clones have images
# of their own.
set -eu
. "$(dirname "$0")/lib.sh"

quietly docker compose down --volumes
for image in $(docker image ls --filter "reference=$LAB_IMAGES/*" --format '{{.Repository}}:{{.Tag}}'); do
    quietly docker image rm "$image"
done
