# Shared by the scripts in setup/. Sourced, never run; leaves the caller in the root of the project with the
# settings of the lab in its environment.

say() { printf 'wirelab: %s\n' "$*"; }

# Prints each argument as a line on stderr and exits 2: this machine needs something from its owner.
stop() {
    printf 'wirelab: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 2
}

# quietly COMMAND…: its output is shown only when it fails.
quietly() {
    output=$(mktemp)
    if "$@" >"$output" 2>&1 </dev/null; then
        rm -f "$output"
    else
        cat "$output" >&2
        rm -f "$output"
        return 1
    fi
}

# The value of one field of /etc/os-release, empty where there is none.
os_field() {
    sed -n "s/^$1=//p" /etc/os-release 2>/dev/null | tr -d '"'
}

# True as root on Debian, Ubuntu or a system that calls itself one of their kind.
can_install() {
    [ "$(id -u)" -eq 0 ] || return 1
    case " $(os_field ID) $(os_field ID_LIKE) " in
        *' debian '* | *' ubuntu '*) command -v apt-get >/dev/null ;;
        *) return 1 ;;
    esac
}

apt_install() {
    quietly apt-get update &&
        quietly env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" ||
        stop "apt-get could not install $* (its output is above)"
}

# The mirror this machine's own apt uses for its release, so that a mirror of the house is kept.
apt_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk -v release="$(os_field VERSION_CODENAME)" '$2 == release { print $1; exit }'
}

# The CA certificates this machine trusts, extra ones of its network included: HTTPS is intercepted on some
# networks, and image builds take this file as a secret.
ca_file() {
    for file in "${NODE_EXTRA_CA_CERTS-}" "${SSL_CERT_FILE-}" /etc/ssl/certs/ca-certificates.crt \
        /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem "$LAB_CA_FILE"; do
        [ -n "$file" ] && [ -r "$file" ] && printf '%s\n' "$file" && return
    done
    stop 'no file of CA certificates was found' 'Name one: NODE_EXTRA_CA_CERTS=/path/to/certificates.pem make up'
}

# Containers of this lab, a line each: service, state, folder of the compose file.
lab_containers() {
    docker ps --all --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --format \
        '{{.Label "com.docker.compose.service"}} {{.State}} {{.Label "com.docker.compose.project.working_dir"}}'
}

cd "$(dirname "$0")/.."
# The shell overrides .env, as Compose has it.
while IFS='=' read -r name value; do
    case "$name" in '' | '#'*) continue ;; esac
    eval "export $name=\"\${$name-\$value}\""
done <.env
: "${COMPOSE_PROJECT_NAME:=wirelab}"
LAB_UID=${SUDO_UID:-$(id -u)} LAB_GID=${SUDO_GID:-$(id -g)} LAB_CA_FILE=$(ca_file)
export COMPOSE_PROJECT_NAME LAB_UID LAB_GID LAB_CA_FILE
