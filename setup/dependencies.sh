#!/bin/sh
# Makes sure that node_modules matches package-lock.json, and that Node has the version of the images.
set -eu
. "$(dirname "$0")/lib.sh"

setup/node.sh
if ! cmp -s package-lock.json node_modules/.wirelab-lock; then
    say 'installing the development dependencies'
    # No package needs its install script here, and some would download a binary.
    quietly npm ci --ignore-scripts --no-fund --no-audit || stop 'npm could not install the dependencies'
    cp package-lock.json node_modules/.wirelab-lock
fi
# On Linux, npm has just installed that Node.
wanted=v$(sed -n 's/.*"node": "\([0-9.]*\)".*/\1/p' package.json)
version=$(PATH=$PWD/node_modules/.bin:$PATH node --version)
[ "$version" = "$wanted" ] || stop "Node.js is $version; allowed: $wanted, the version of the images" \
    "cure: install it, https://nodejs.org/download/release/$wanted/"
