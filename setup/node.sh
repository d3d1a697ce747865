#!/bin/sh
# Makes sure that Node.js with npm is on this machine: for the tests, lint and bench, whose own Node npm
# then installs beside the other development dependencies, and for making a base image.
set -eu
. "$(dirname "$0")/lib.sh"

if ! command -v npm >/dev/null; then
    can_install || stop 'npm is not installed' 'Install Node.js 24: https://nodejs.org/en/download'
    say 'installing Node.js with npm'
    apt_install nodejs npm
fi
