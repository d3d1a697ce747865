#!/bin/sh
# make clean: ends the lab, and removes its certificates and images. Labs of other clones have their own images.
set -eu
. "$(dirname "$0")/lib.sh"

lock_lab 'make clean'
setup/down.sh
# Compose removes the volumes of services that it knows.
use_wire
use_live
quietly docker compose down --volumes
for image in $(docker image ls --filter "reference=$LAB_IMAGES/*" --format '{{.Repository}}:{{.Tag}}'); do
    quietly docker image rm "$image"
done
say 'the certificates and images of the lab are removed'
