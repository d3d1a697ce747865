#!/bin/sh
# Makes sure that a Docker engine with Compose v2 and buildx answers. An engine that answers is not changed. Otherwise, root
# on Debian or Ubuntu gets one installed and started, and everybody else gets advice.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/engine-kind.sh
. setup/stopping.sh

engine_version() { docker version --format '{{.Server.Version}}' 2>&1; }
engine_answers() { engine_version >/dev/null; }
compose_version() { docker compose version --short 2>/dev/null; }
has_plugins() { compose_version >/dev/null && docker buildx version >/dev/null 2>&1; }

explain() {
    case "$(uname -s)" in
        Darwin) set -- 'Install Docker Desktop (https://docs.docker.com/desktop/setup/install/mac-install/) and start it.' ;;
        Linux) set -- 'Install Docker Engine with Compose v2 and buildx (https://docs.docker.com/engine/install/), then:' \
            '  sudo systemctl start docker' \
            "  $may_use_docker" \
            'On Debian or Ubuntu, `sudo make up` does all of this.' ;;
        *) set -- 'Install Docker Desktop (https://docs.docker.com/desktop/) and run make inside WSL.' ;;
    esac
    stop "$problem" "$@"
}

# Debian 12 has no Compose v2, and its engine is too old. So both come from Debian 13, with a pin so low that no other
# package of the machine does.
add_trixie() {
    printf '%s\n' 'Types: deb' "URIs: $(apt_mirror)" 'Suites: trixie' 'Components: main' \
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg' >/etc/apt/sources.list.d/wirelab-trixie.sources
    printf '%s\n' 'Package: *' 'Pin: release n=trixie' 'Pin-Priority: 50' >/etc/apt/preferences.d/wirelab-trixie
}

install_engine() {
    say "installing a Docker engine with Compose ($problem)"
    case "$(os_field ID)-$(os_field VERSION_CODENAME)" in
        debian-bookworm)
            add_trixie
            apt_install docker.io/trixie docker-cli/trixie docker-compose/trixie docker-buildx/trixie \
                containerd/trixie iptables ca-certificates
            ;;
        debian-*) apt_install docker.io docker-cli docker-compose docker-buildx iptables ca-certificates ;;
        *) apt_install docker.io docker-compose-v2 docker-buildx iptables ca-certificates ;;
    esac
}

start_engine() {
    say 'starting the Docker engine'
    if [ -d /run/systemd/system ]; then
        see='journalctl --unit docker'
        quietly systemctl enable --now docker || stop 'systemd could not start docker' "See: $see"
    else
        see='/var/log/dockerd.log'
        setsid dockerd >>"$see" 2>&1 </dev/null &
    fi
    for _ in $(seq 300); do
        engine_answers && return
        sleep 0.1
    done
    stop 'the Docker engine does not answer after 30 s' "See: $see"
}

if docker_is_podman; then check_engine_kind; fi
{ version=$(engine_version) && compose=$(compose_version) && docker buildx version >/dev/null 2>&1; } || {
    case "$version" in
        [0-9]*) problem='Docker has no Compose v2 or no buildx' ;;
        *) problem='no Docker engine answers' ;;
    esac
    # This script does not start an engine that DOCKER_HOST names, and it does not give rights.
    case "$version" in *'ermission denied'*) no_engine "$version" ;; [0-9]*) ;; *) [ -z "${DOCKER_HOST-}" ] || no_engine "$version" ;; esac
    can_install || explain
    { command -v dockerd >/dev/null && has_plugins; } || install_engine
    engine_answers || start_engine
    version=$(engine_version)
    compose=$(compose_version)
}
check_engine_kind
at_least "$oldest_engine" "$version" || stop "the Docker engine is $version; allowed: $oldest_engine or newer" \
    'cure: upgrade it, https://docs.docker.com/engine/install/'
at_least "$oldest_compose" "$compose" || stop "Compose is $compose; allowed: $oldest_compose or newer" \
    'cure: upgrade it, https://docs.docker.com/compose/install/'
