#!/bin/sh
# Makes sure that this machine has Node.js with npm. Tests, lint, bench and a base image made here need it. npm then
# installs the exact Node of the project in node_modules.
set -eu
. "$(dirname "$0")/lib.sh"

if ! command -v npm >/dev/null; then
    can_install || stop 'npm is not installed' 'Install Node.js 24: https://nodejs.org/en/download'
    say 'installing Node.js with npm'
    apt_install nodejs npm
fi
