#!/bin/sh
# make clean: ends the lab, and removes the certificates and the images of this lab. Labs of other clones have images
# of their own.
set -eu
. "$(dirname "$0")/lib.sh"

lock_lab 'make clean'
setup/down.sh
quietly docker compose down --volumes
for image in $(docker image ls --filter "reference=$LAB_IMAGES/*" --format '{{.Repository}}:{{.Tag}}'); do
    quietly docker image rm "$image"
done
say 'its certificates and images are removed'
