#!/bin/sh
# Makes sure that node_modules is what package-lock.json says, and that Node is new enough.
set -eu
. "$(dirname "$0")/lib.sh"

setup/node.sh
if ! cmp -s package-lock.json node_modules/.wirelab-lock; then
    say 'installing the development dependencies'
    # No package needs its install script here, and some would fetch a binary.
    quietly npm ci --ignore-scripts --no-fund --no-audit || stop 'npm could not install the dependencies'
    cp package-lock.json node_modules/.wirelab-lock
fi
version=$(PATH=$PWD/node_modules/.bin:$PATH node --version)
at_least "$oldest_node" "$version" || stop "Node.js is $version; allowed: $oldest_node or newer" \
    'cure: install it, https://nodejs.org/en/download'
