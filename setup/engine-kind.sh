# Checks which engine answers the docker command, for `make doctor` and setup/engine.sh. Sourced; calls ok and problem.

# True if the docker command itself is Podman, as with the package podman-docker.
docker_is_podman() { case "$(docker --version 2>/dev/null)" in *odman*) ;; *) return 1 ;; esac; }

podman_cure='install Docker Engine, https://docs.docker.com/engine/install/, and make docker its command (the package podman-docker replaces it)'

# engine_elsewhere ADDRESS: true for another machine. It has other files and ports.
engine_elsewhere() {
    case "$1" in
        ssh://*) true ;;
        tcp://127.* | tcp://localhost* | tcp://\[::1\]* | http://127.* | http://localhost*) false ;;
        tcp://* | http://* | https://*) true ;;
        *) false ;;
    esac
}

# Prints one row, and stops nothing itself.
check_engine_kind() {
    engine_at=$(engine_address)
    engine_parts=$(docker version --format '{{range .Server.Components}}{{.Name}} {{end}}' 2>/dev/null) || engine_parts=
    engine_facts=$(docker info --format '{{.OSType}}, {{.OperatingSystem}}, {{.SecurityOptions}}' 2>/dev/null) || engine_facts=
    if docker_is_podman || case "$engine_parts" in *odman*) ;; *) false ;; esac; then
        problem 'engine kind' "Podman answers the docker command; allowed: Docker Engine" "$podman_cure"
    elif engine_elsewhere "$engine_at"; then
        problem 'engine kind' "the engine is on another machine, $engine_at; captures and ports would be there" \
            'unset DOCKER_HOST and docker context use default, or run make on that machine'
    else
        case "$engine_facts" in
            windows,*) problem 'engine kind' 'the engine runs Windows containers; allowed: Linux containers' 'switch Docker Desktop to Linux containers' ;;
            *name=userns*) problem 'engine kind' 'the engine maps users of containers to others (userns-remap), so captures would not belong to you' \
                'remove userns-remap from /etc/docker/daemon.json and start the engine again' ;;
            *name=rootless*) ok 'engine kind' 'rootless Docker, on which this lab was never tried; from this machine, the servers are only on 127.0.0.1' ;;
            *'Docker Desktop'*) ok 'engine kind' 'Docker Desktop, in a virtual machine; from this machine, the servers are only on 127.0.0.1' ;;
            *name=selinux*) ok 'engine kind' 'Docker on this machine, with SELinux' ;;
            *) ok 'engine kind' 'Docker on this machine' ;;
        esac
    fi
}
