# Shared by the scripts in setup/. Sourced, never run; leaves the caller in the root of the project with the
# settings of the lab in its environment.

# The first script of all takes care of a reader that leaves.
if [ -z "${LAB_PIPED-}" ]; then
    [ ! -p /dev/stdout ] || exec "$(dirname "$0")/piped.sh" "$0" "$@"
    export LAB_PIPED=no
fi

# The first engine with health checks that have a start interval, and the first Compose that knows of it.
oldest_engine=25
oldest_compose=2.20.2

# Where the servers write their decisions, and what they were started with, in the captures folder.
journals='http.log echo.log lab.log'

# Whose files captures are, as uid:gid: the owner of their folder.
# By ls, as stat has other options on macOS.
# shellcheck disable=SC2012
captures_owner() { ls -dn "$LAB_CAPTURES_DIR" | awk '{ print $3 ":" $4 }'; }

# The ports of the lab: setting and protocol.
ports='HTTP_PORT/tcp HTTPS_PORT/tcp ECHO_PORT/tcp ECHO_PORT/udp ECHO_TLS_PORT/tcp'

# port_of SETTING/PROTOCOL: its number.
port_of() { printenv "${1%/*}"; }

say() { printf 'wirelab: %s\n' "$*"; }

# Prints each argument as a line on stderr and exits 2: this machine needs something from its owner.
stop() {
    printf 'wirelab: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 2
}

# at_exit CODE: is run when the script ends, however it does, the last one first.
at_exit_code=
at_exit() { at_exit_code="$1; $at_exit_code"; }
trap 'eval "$at_exit_code"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# quietly COMMAND…: its output is shown only when it fails. By a file, as a daemon that it starts would hold a pipe open.
quietly() {
    quietly_output=$(mktemp)
    quietly_code=0
    "$@" >"$quietly_output" 2>&1 </dev/null || quietly_code=$?
    [ "$quietly_code" -eq 0 ] || cat "$quietly_output" >&2
    rm -f "$quietly_output"
    return "$quietly_code"
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
    {
        quietly apt-get update &&
            quietly env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
    } || stop "apt-get could not install $* (its output is above)"
}

# The mirror this machine's own apt uses for its release, so that a mirror of the house is kept.
apt_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk -v release="$(os_field VERSION_CODENAME)" '$2 == release { print $1; exit }'
}

# at_least OLDEST VERSION
at_least() {
    awk -v a="$1" -v b="$2" 'BEGIN {
        n = split(a, x, "."); sub(/^v/, "", b); split(b, y, ".")
        for (i = 1; i <= n; i++) if (x[i] + 0 != y[i] + 0) exit x[i] + 0 > y[i] + 0
    }'
}

# The CA certificates this machine trusts, extra ones of its network included: HTTPS is intercepted on some
# networks, and image builds take this file as a secret.
ca_file() {
    for file in "${NODE_EXTRA_CA_CERTS-}" "${SSL_CERT_FILE-}" /etc/ssl/certs/ca-certificates.crt \
        /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
        if [ -n "$file" ] && [ -r "$file" ]; then
            printf '%s\n' "$file"
            return
        fi
    done
    printf '%s\n' "$LAB_CA_FILE"
}

# Where the engine listens: DOCKER_HOST, else the context in use.
engine_address() {
    if [ -z "${DOCKER_HOST-}${DOCKER_CONTEXT-}" ] && ! grep -qs '"currentContext"' "${DOCKER_CONFIG:-${HOME-}/.docker}/config.json"; then
        echo unix:///var/run/docker.sock
    else
        printf '%s\n' "${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)}"
    fi
}

# The containers of this lab, a line each: service, state and folder of the compose file, between tabs.
lab_containers() {
    docker ps --all --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter label=com.docker.compose.container-number --format \
        '{{.Label "com.docker.compose.service"}}{{"\t"}}{{.State}}{{"\t"}}{{.Label "com.docker.compose.project.working_dir"}}'
}

# Sets `containers` to the above, or stops: when nobody answers, and when they are the lab of another folder.
read_containers() {
    containers=$(lab_containers 2>&1) || no_engine "$containers" 'make up, which starts one or says what this system needs'
    are_of_this_folder
}

are_of_this_folder() { [ -z "$containers" ] || [ -z "$(other_folder)" ] || other_lab; }

# is_up SERVICE: true where its container runs, of those in `containers`.
is_up() { printf '%s\n' "$containers" | grep -q "^$1$(printf '\t')running$(printf '\t')"; }

# no_engine WORDS CURE: stops, as the docker command fails with these words.
no_engine() {
    case "$1" in
        *'ermission denied'*) stop "$(id -un) may not use the Docker engine" "cure: $may_use_docker" ;;
        *'not found'*) stop 'there is no docker command' "cure: $2" ;;
    esac
    [ -z "${DOCKER_HOST-}" ] || stop "no Docker engine answers at DOCKER_HOST, $DOCKER_HOST" 'cure: start it, or unset DOCKER_HOST'
    stop 'no Docker engine answers' "cure: $2"
}
may_use_docker='sudo usermod --append --groups docker "$USER", then log out and in again'

# The folder of another lab among `containers`, empty when there is none. Docker would take over its containers.
other_folder() {
    printf '%s\n' "$containers" | cut -f 3 | sort -u | while IFS= read -r folder; do
        [ -z "$folder" ] || [ "$(canonical "$folder")" = "$PWD" ] || printf '%s\n' "$folder"
    done | sed 1q
}

# canonical PATH: an absolute path without links, . and .. as far as it is there.
canonical() {
    there=$1 rest=
    until [ -d "$there" ]; do
        rest=/$(basename -- "$there")$rest
        there=$(dirname -- "$there")
    done
    ! path=$(cd -- "$there" 2>/dev/null && pwd -P) || there=$path
    there=${there%/}$rest
    printf '%s\n' "${there:-/}"
}

# Stops with settings for a lab beside the one of another folder.
other_lab() {
    . setup/checks.sh
    folder=$(other_folder)
    use="work with it there, cd $(quoted "$folder"),"
    [ -d "$folder" ] || use="end it, docker compose --project-name $COMPOSE_PROJECT_NAME down, as that folder is gone,"
    stop "the lab $COMPOSE_PROJECT_NAME was started in $folder, and this folder is $PWD" \
        "cure: $use or put these lines at the end of .env for a lab beside it:" \
        "$(settings_of_another_lab | sed '2,$s/^/    /')"
}

# quoted TEXT: as a shell reads it back.
quoted() {
    case "$1" in
        *[!A-Za-z0-9_./:@%+=,-]* | '') printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")" ;;
        *) printf %s "$1" ;;
    esac
}

# What the containers of the lab that is up were started with, NAME=value a line; nothing where there is none.
settings_of_containers() {
    docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}{{range .Mounts}}{{if eq .Destination "/captures"}}LAB_CAPTURES_DIR={{println .Source}}{{end}}{{end}}' \
        "$COMPOSE_PROJECT_NAME-http-1" "$COMPOSE_PROJECT_NAME-echo-1" "$COMPOSE_PROJECT_NAME-capture-server-1" \
        "$COMPOSE_PROJECT_NAME-capture-client-1" "$COMPOSE_PROJECT_NAME-client-1" 2>/dev/null || true
}

# captures_of_lab: the captures folder of the lab that is up, empty where there is none.
captures_of_lab() { settings_of_containers | sed -n 's/^LAB_CAPTURES_DIR=//p' | sed 1q; }

# settings_of_lab: the settings of its containers and of its network.
settings_of_lab() {
    settings_of_containers
    docker network inspect --format '{{range .IPAM.Config}}LAB_SUBNET={{println .Subnet}}{{end}}' "${COMPOSE_PROJECT_NAME}_lab" 2>/dev/null || true
}

# setting_in SETTINGS NAME: its line among these.
setting_in() { printf '%s\n' "$1" | grep -m 1 "^$2="; }

# use_settings_of_lab NAME…: takes them over from the lab that is up.
use_settings_of_lab() {
    of_lab=$(settings_of_lab)
    for wanted; do
        if found=$(setting_in "$of_lab" "$wanted"); then export "${found?}"; fi
    done
}

cd -P "$(dirname "$0")/.." || exit
. setup/lock.sh
# The shell overrides .env, as Compose has it.
[ -r .env ] || stop "there is no .env in $PWD that can be read" 'cure: git checkout .env'
settings_read=$(LC_ALL=C awk -f setup/env.awk .env docker-compose.yml) || exit 2
eval "$settings_read"
: "${COMPOSE_PROJECT_NAME:=wirelab}"
case "$COMPOSE_PROJECT_NAME" in
    [!a-z0-9]* | *[!a-z0-9_-]*)
        stop "COMPOSE_PROJECT_NAME is \"$COMPOSE_PROJECT_NAME\"; allowed: small letters, digits, - and _, with a letter or digit first"
        ;;
esac
# Labs of one clone can share its images, as those of the tests do.
: "${LAB_IMAGES:=$COMPOSE_PROJECT_NAME}"
for folder in LAB_CAPTURES_DIR LAB_WORK_DIR; do
    path=$(printenv "$folder") || true
    case "$path" in
        /*) ;;
        \~ | \~/*) path=$HOME${path#?} ;;
        *) path=$PWD/$path ;;
    esac
    path=$(canonical "$path")
    export "$folder=$path"
done
LAB_CA_FILE=$(ca_file)
export COMPOSE_PROJECT_NAME LAB_IMAGES LAB_CAPTURES_DIR LAB_CA_FILE
