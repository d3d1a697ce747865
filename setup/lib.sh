# Shared by the scripts in setup/. Sourced, never run. Afterwards the caller is in the root of the project, with the settings
# of the lab in its environment.

# With CDPATH, cd could lead elsewhere. The files of another project that the shell names are not the lab's.
unset CDPATH COMPOSE_FILE COMPOSE_ENV_FILES COMPOSE_DISABLE_ENV_FILE

# Only the first script handles a reader that leaves early.
if [ -z "${LAB_PIPED-}" ]; then
    [ ! -p /dev/stdout ] || exec "$(dirname "$0")/piped.sh" "$0" "$@"
    export LAB_PIPED=no
fi

# The oldest engine and the oldest Compose that support start_interval of health checks.
oldest_engine=25
oldest_compose=2.20.2

# The journals of the servers, the wire and the flows, and the record of the run, in the captures folder.
journals='http.log echo.log wire.log flow.log lab.log'

# captures_owner: the owner of the captures folder, as uid:gid. With ls, because stat has other options on macOS.
# shellcheck disable=SC2012
captures_owner() { ls -dn "$LAB_CAPTURES_DIR" | awk '{ print $3 ":" $4 }'; }

# The ports of the lab: setting and protocol.
ports='HTTP_PORT/tcp HTTPS_PORT/tcp ECHO_PORT/tcp ECHO_PORT/udp ECHO_TLS_PORT/tcp'

# port_of SETTING/PROTOCOL: the number of that port.
port_of() { printenv "${1%/*}"; }

# shown PATH: the path from here, if it is below this folder.
shown() { printf '%s\n' "${1#"$PWD"/}"; }

say() { printf 'wirelab: %s\n' "$*"; }

# stop LINE…: prints the lines on stderr and exits 2: the person must do something first.
stop() {
    printf 'wirelab: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 2
}

# at_exit CODE: runs CODE when the script ends, in any way. The last CODE runs first.
at_exit_code=
at_exit() { at_exit_code="$1; $at_exit_code"; }
trap 'eval "$at_exit_code"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# quietly COMMAND…: shows the output only if the command fails. The output goes to a file, because a daemon that the command
# starts would keep a pipe open.
quietly() {
    quietly_output=$(mktemp)
    quietly_code=0
    "$@" >"$quietly_output" 2>&1 </dev/null || quietly_code=$?
    [ "$quietly_code" -eq 0 ] || cat "$quietly_output" >&2
    rm -f "$quietly_output"
    return "$quietly_code"
}

# take_steps PLAN: calls take, which the caller defines, for each line of PLAN, with its words. Tabs separate them. take has the
# standard input of the caller.
take_steps() {
    set -f
    while IFS= read -r step <&3; do
        IFS=$(printf '\t')
        # shellcheck disable=SC2086
        set -- $step
        unset IFS
        take "$@" 3<&-
    done 3<<END
$1
END
    set +f
}

# os_field NAME: the value of this field of /etc/os-release, or nothing.
os_field() {
    sed -n "s/^$1=//p" /etc/os-release 2>/dev/null | tr -d '"'
}

# True for root on Debian, Ubuntu or a related system.
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
    } || stop "apt-get could not install $*; its output is above"
}

# The mirror that this machine's apt uses, because an institution may have its own.
apt_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk -v release="$(os_field VERSION_CODENAME)" '$2 == release { print $1; exit }'
}

# at_least OLDEST VERSION: true if VERSION is at least OLDEST.
at_least() {
    awk -v a="$1" -v b="$2" 'BEGIN {
        n = split(a, x, "."); sub(/^v/, "", b); split(b, y, ".")
        for (i = 1; i <= n; i++) if (x[i] + 0 != y[i] + 0) exit x[i] + 0 > y[i] + 0
    }'
}

# The CA certificates that this machine trusts, including extra ones of its network: some networks intercept HTTPS. Image
# builds get this file as a secret.
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

# The address of the engine: DOCKER_HOST, else the current context.
engine_address() {
    if [ -z "${DOCKER_HOST-}${DOCKER_CONTEXT-}" ] && ! grep -qs '"currentContext"' "${DOCKER_CONFIG:-${HOME-}/.docker}/config.json"; then
        echo unix:///var/run/docker.sock
    else
        printf '%s\n' "${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)}"
    fi
}

# The containers of this lab, a line each: service, state and folder of the Compose file, separated by tabs.
lab_containers() {
    docker ps --all --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter label=com.docker.compose.container-number --format \
        '{{.Label "com.docker.compose.service"}}{{"\t"}}{{.State}}{{"\t"}}{{.Label "com.docker.compose.project.working_dir"}}'
}

# Sets `containers` to these lines. Stops if no engine answers, or if they are the lab of another folder.
read_containers() {
    containers=$(lab_containers 2>&1) || no_engine "$containers" 'make up, which starts one or says what this system needs'
    are_of_this_folder
    use_present
}

# has_wire: true if the lab has a container of the wire, by `containers`. Compose then knows its services.
has_wire() { printf '%s\n' "$containers" | grep -qE '^(wire-host|wire|capture-wire)'"$(printf '\t')"; }
use_wire() { use_profile wire; }

# has_flow: true if the lab has the receiving end of make flow, by `containers`.
has_flow() { printf '%s\n' "$containers" | grep -q "^flow$(printf '\t')"; }
use_flow() { use_profile flow; }

# has_live: true if the lab has a live view, by `containers`.
has_live() { printf '%s\n' "$containers" | grep -qE '^(live|live-client|answers)'"$(printf '\t')"; }
use_live() { use_profile live; }

# in_player COMMAND…: runs the command for the project that plays an earlier run. It is no part of the lab, so that it can be
# there without one.
in_player() {
    lab_name=$COMPOSE_PROJECT_NAME lab_profiles=${COMPOSE_PROFILES-} of_this_lab=$containers
    export COMPOSE_PROJECT_NAME="$lab_name-played" COMPOSE_PROFILES=live
    containers=$(lab_containers)
    "$@"
    export COMPOSE_PROJECT_NAME="$lab_name" COMPOSE_PROFILES="$lab_profiles"
    containers=$of_this_lab
}
has_player() { [ -n "$(in_player lab_containers)" ]; }
end_player() { in_player quietly docker compose down --volumes; }

use_profile() { export COMPOSE_PROFILES="$1${COMPOSE_PROFILES:+,$COMPOSE_PROFILES}"; }

# use_present: lets Compose know the services that the lab has besides those of every lab, by `containers`.
use_present() {
    ! has_wire || use_wire
    ! has_flow || use_flow
    ! has_live || use_live
}

are_of_this_folder() { [ -z "$containers" ] || [ -z "$(other_folder)" ] || other_lab; }

# is_up SERVICE: true if its container runs, by `containers`.
is_up() { printf '%s\n' "$containers" | grep -q "^$1$(printf '\t')running$(printf '\t')"; }

# has_started SERVICE: true if its container runs or is paused, by `containers`.
has_started() { printf '%s\n' "$containers" | grep -qE "^$1$(printf '\t')(running|paused)$(printf '\t')"; }

# no_engine WORDS CURE: stops, because the docker command failed with these words.
no_engine() {
    case "$1" in
        *'ermission denied'*) stop "$(id -un) may not use the Docker engine" "cure: $may_use_docker" ;;
        *'context not found'*)
            context=${1#*context \"}
            stop "there is no Docker context ${context%%\"*}" 'cure: unset DOCKER_CONTEXT; docker context use default'
            ;;
        *'not found'*) stop 'there is no docker command' "cure: $2" ;;
    esac
    [ -z "${DOCKER_HOST-}" ] || stop "no Docker engine answers at DOCKER_HOST, $DOCKER_HOST" 'cure: start that engine, or unset DOCKER_HOST'
    stop 'no Docker engine answers' "cure: $2"
}
may_use_docker='sudo usermod --append --groups docker "$USER", then log out and in again'

# The folder of another lab in `containers`, or nothing. Docker would take over its containers.
other_folder() {
    printf '%s\n' "$containers" | cut -f 3 | sort -u | while IFS= read -r folder; do
        [ -z "$folder" ] || [ "$(canonical "$folder")" = "$PWD" ] || printf '%s\n' "$folder"
    done | sed 1q
}

# canonical PATH: an absolute path. The part that exists is free of links, . and .. .
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

# Stops, and prints settings for a second lab beside the one of another folder.
other_lab() {
    . setup/checks.sh
    folder=$(other_folder)
    use="use it there: cd $(quoted "$folder"),"
    [ -d "$folder" ] || use="end it (that folder is gone): docker compose --project-name $COMPOSE_PROJECT_NAME down,"
    stop "the lab $COMPOSE_PROJECT_NAME was started in $folder, and this folder is $PWD" \
        "cure: $use or add these lines to the end of .env, for a second lab:" \
        "$(settings_of_another_lab | sed '2,$s/^/    /')"
}

# quoted TEXT: quoted so that a shell reads the same text.
quoted() {
    case "$1" in
        *[!A-Za-z0-9_./:@%+=,-]* | '') printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")" ;;
        *) printf %s "$1" ;;
    esac
}

# The settings of the running containers, NAME=value a line, or nothing if no lab is up.
settings_of_containers() {
    docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}{{range .Mounts}}{{if eq .Destination "/captures"}}LAB_CAPTURES_DIR={{println .Source}}{{end}}{{end}}' \
        "$COMPOSE_PROJECT_NAME-http-1" "$COMPOSE_PROJECT_NAME-echo-1" "$COMPOSE_PROJECT_NAME-capture-server-1" \
        "$COMPOSE_PROJECT_NAME-capture-client-1" "$COMPOSE_PROJECT_NAME-client-1" "$COMPOSE_PROJECT_NAME-wire-1" "$COMPOSE_PROJECT_NAME-server-host-1" \
        "$COMPOSE_PROJECT_NAME-live-1" "$COMPOSE_PROJECT_NAME-live-client-1" 2>/dev/null || true
}

# captures_of_lab: the captures folder of the running lab, or nothing.
captures_of_lab() { settings_of_containers | sed -n 's/^LAB_CAPTURES_DIR=//p' | sed 1q; }

# settings_of_lab: the settings of the running lab: its containers and its network.
settings_of_lab() {
    settings_of_containers
    docker network inspect --format '{{range .IPAM.Config}}LAB_SUBNET={{println .Subnet}}{{end}}' "${COMPOSE_PROJECT_NAME}_lab" 2>/dev/null || true
}

# setting_in SETTINGS NAME: the line of that setting.
setting_in() { printf '%s\n' "$1" | grep -m 1 "^$2="; }

# use_settings_of_lab NAME…: sets these to the values of the running lab.
use_settings_of_lab() {
    of_lab=$(settings_of_lab)
    for wanted; do
        if found=$(setting_in "$of_lab" "$wanted"); then export "${found?}"; fi
    done
}

# read_running_lab NAME…: sets `containers`, also without an engine. If this folder has a running lab and nobody typed
# LAB_CAPTURES_DIR, sets that and these settings to its values. The lab of another folder has its own captures.
read_running_lab() {
    containers=$(lab_containers 2>/dev/null) || containers=
    [ -n "$captures_typed" ] || [ -n "$(other_folder)" ] || use_settings_of_lab LAB_CAPTURES_DIR "$@"
}

captures_typed=${LAB_CAPTURES_DIR-}
cd -P "$(dirname "$0")/.." || exit
. setup/lock.sh
# The shell overrides .env, as with Compose.
[ -r .env ] || stop "there is no readable .env in $PWD" 'cure: git checkout .env'
settings_read=$(LC_ALL=C awk -f setup/env.awk .env docker-compose.yml) || exit 2
eval "$settings_read"
: "${COMPOSE_PROJECT_NAME:=wirelab}"
case "$COMPOSE_PROJECT_NAME" in
    [!a-z0-9]* | *[!a-z0-9_-]*)
        stop "COMPOSE_PROJECT_NAME is \"$COMPOSE_PROJECT_NAME\"; allowed: lowercase letters, digits, - and _, with a letter or digit first"
        ;;
esac
# Several labs of one clone can share its images, as the test labs do.
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
