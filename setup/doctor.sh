#!/bin/sh
# make doctor: checks everything that can stop the lab, in a row each. A problem has its cure. Changes nothing. Exits 1 if a
# row has a problem.
set -eu
. "$(dirname "$0")/lib.sh"
. setup/checks.sh
. setup/engine-kind.sh
. setup/rows.sh
. setup/lab-checks.sh

# All other checks need these two.
check_engine() {
    version=$(docker version --format '{{.Server.Version}}' 2>&1) || {
        docker_is_podman || problem engine "$(no_engine "$version" 'make up' 2>&1 | sed -n '1s/^wirelab: //p')" \
            "$(no_engine "$version" 'make up, which starts one or says what this system needs' 2>&1 | sed -n '2s/^ *cure: //p')"
        return
    }
    if docker_is_podman; then
        return
    elif at_least "$oldest_engine" "$version"; then
        ok engine "Docker $version"
    else
        problem engine "Docker $version; allowed: $oldest_engine or newer" 'upgrade it: https://docs.docker.com/engine/install/'
    fi
}

check_compose() {
    version=$(docker compose version --short 2>/dev/null) || version=
    if [ -z "$version" ] || ! docker buildx version >/dev/null 2>&1; then
        problem Compose 'Compose v2 or buildx is missing' 'make up, which installs them or says what this system needs'
    elif at_least "$oldest_compose" "$version"; then
        ok Compose "$version"
    else
        problem Compose "$version; allowed: $oldest_compose or newer" 'upgrade it: https://docs.docker.com/compose/install/'
    fi
}

check_base_image() {
    if docker image inspect "$LAB_BASE_IMAGE" >/dev/null 2>&1; then
        ok 'base image' "$LAB_BASE_IMAGE is here"
    else
        ok 'base image' "$LAB_BASE_IMAGE is not here yet; make up gets it"
    fi
}

# Without one of these, the lab starts and no packets flow.
check_kernel() {
    missing=
    [ "$(docker info --format '{{.OSType}}')" = linux ] || missing="$missing Linux containers;"
    [ "$(docker info --format '{{.IPv4Forwarding}}')" = true ] || missing="$missing IPv4 forwarding (sysctl net.ipv4.ip_forward=1);"
    # An engine in a virtual machine has another kernel.
    if [ "$(uname -s)" = Linux ]; then
        [ -r /proc/net/packet ] || missing="$missing packet sockets (modprobe af_packet);"
        [ -e /sys/module/bridge ] || [ -d /sys/class/net/docker0 ] || missing="$missing bridges (modprobe bridge);"
    fi
    if [ -z "$missing" ]; then
        ok kernel 'it has bridges, packet sockets and forwarding'
    else
        problem kernel "missing:${missing%;}" 'enable what is missing, as root'
    fi
}

# None of this is a problem, but everybody should know it. A running lab has the settings of its start.
say_secrets() {
    if is_up http; then
        use_settings_of_lab LAB_TLS_KEYLOG LAB_TOKEN LAB_BASIC LAB_MTLS
    fi
    if [ "$LAB_TLS_KEYLOG" = 1 ]; then
        ok 'TLS keys' 'kept in tls.keys beside the captures, for teaching: anybody with this file can decrypt them (LAB_TLS_KEYLOG=0 keeps no keys)'
    else
        ok 'TLS keys' 'not kept (LAB_TLS_KEYLOG=0): nobody can decrypt TLS in the captures'
    fi
    wanted=
    [ -z "$LAB_TOKEN" ] || wanted="$wanted LAB_TOKEN"
    [ -z "$LAB_BASIC" ] || wanted="$wanted LAB_BASIC"
    [ "$LAB_MTLS" != 1 ] || wanted="$wanted LAB_MTLS"
    if [ -n "$wanted" ]; then
        ok access "clients need:$wanted"
    else
        ok access 'everybody may talk to the servers'
    fi
}

check_engine
if [ "$problems" -eq 0 ]; then check_engine_kind; fi
check_compose
if [ "$problems" -eq 0 ]; then
    read_containers
    check_leftover
    if printf '%s\n' "$containers" | grep -qE "$(printf '\t')(running|paused)$(printf '\t')"; then check_lab; fi
    check_settings && check_subnet && check_ports || true
    check_congestion
    check_base_image
    check_captures
    check_work
    check_kernel
    say_secrets
fi
[ "$problems" -eq 0 ]
