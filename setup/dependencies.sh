#!/bin/sh
# Makes sure that node_modules is what package-lock.json says, and that Node is the one of the images.
set -eu
. "$(dirname "$0")/lib.sh"

setup/node.sh
if ! cmp -s package-lock.json node_modules/.wirelab-lock; then
    say 'installing the development dependencies'
    # No package needs its install script here, and some would fetch a binary.
    quietly npm ci --ignore-scripts --no-fund --no-audit || stop 'npm could not install the dependencies'
    cp package-lock.json node_modules/.wirelab-lock
fi
# The Node of the images. On Linux npm has installed it just now.
wanted=v$(sed -n 's/.*"node": "\([0-9.]*\)".*/\1/p' package.json)
version=$(PATH=$PWD/node_modules/.bin:$PATH node --version)
[ "$version" = "$wanted" ] || stop "Node.js is $version; allowed: $wanted, which the images have too" \
    "cure: install it, https://nodejs.org/download/release/$wanted/"
