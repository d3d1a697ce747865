# What can stop the lab, one function each, for `make doctor` and `make up`. Sourced behind lib.sh.
# Each calls `ok NAME DETAIL` or `problem NAME DETAIL CURE…`, which the caller defines.

oldest_compose=2.20.2

# at_least OLDEST VERSION
at_least() { printf '%s\n' "$1" "$2" | sort -V -C; }

check_compose() {
    version=$(docker compose version --short | sed 's/^v//')
    if at_least "$oldest_compose" "$version"; then
        ok Compose "$version"
    else
        problem Compose "$version; allowed: $oldest_compose or newer" 'upgrade it: https://docs.docker.com/compose/install/'
    fi
}

# Docker would take over the containers of another folder's lab.
check_leftover() {
    others=$(lab_containers | awk -v here="$PWD" '$3 != here { print $3 }' | sort -u)
    left=$(lab_containers | awk '$2 != "running" { print $1 " (" $2 ")" }' | paste -s -d ' ' -)
    if [ -n "$others" ]; then
        problem 'leftover lab' "a lab started in $others is here" "make -C $others down"
    elif [ -n "$left" ]; then
        problem 'leftover lab' "not running: $left" 'make down'
    else
        ok 'leftover lab' none
    fi
}

# overlap A B: true when the two networks, in CIDR notation, share an address.
overlap() {
    awk -v a="$1" -v b="$2" 'function start(n, p, o) {
            split(n, p, "/"); split(p[1], o, "."); size = 2 ^ (32 - p[2])
            return int((((o[1] * 256 + o[2]) * 256 + o[3]) * 256 + o[4]) / size) * size
        }
        BEGIN { s = start(a); e = s + size; t = start(b); u = t + size; exit !(s < u && t < e) }'
}

# Networks this machine has a way to already, a line each: network, what it is.
networks_in_use() {
    # shellcheck disable=SC2046
    docker network inspect --format '{{range .IPAM.Config}}{{.Subnet}} {{end}}the Docker network {{.Name}}' \
        $(docker network ls --quiet --filter driver=bridge) |
        awk '/^[0-9.]+\// && $NF != ENVIRON["COMPOSE_PROJECT_NAME"] "_lab" { print }'
    # Routes without a gateway are the bridges of Docker, which are above, and the networks of the machine.
    if command -v ip >/dev/null; then
        ip -4 route show | awk '$1 ~ /\// && / dev / {
            for (i = 1; i < NF; i++) if ($i == "dev") dev = $(i + 1)
            if (dev !~ /^(br-|docker)/) print $1, "the route of this machine to " $1 " by " dev
        }'
    fi
}

check_subnet() {
    bad=
    case "$LAB_SUBNET" in
        *.*.*.*/[0-9] | *.*.*.*/[12][0-9] | *.*.*.*/30) ;;
        *) problem subnet "LAB_SUBNET is \"$LAB_SUBNET\"" 'allowed: a network such as 10.0.0.0/16' && return ;;
    esac
    for name in LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS; do
        eval "address=\$$name"
        if ! overlap "$LAB_SUBNET" "$address/32"; then
            problem subnet "$name is \"$address\"" "allowed: an address inside LAB_SUBNET, $LAB_SUBNET" && return
        fi
    done
    while read -r network what; do
        if [ -n "$network" ] && overlap "$LAB_SUBNET" "$network"; then
            bad="$what ($network)"
            break
        fi
    done <<NETWORKS
$(networks_in_use)
NETWORKS
    if [ -n "$bad" ]; then
        case "$bad" in
            'the Docker network'*) cure="docker network rm $(printf %s "$bad" | cut -d ' ' -f 4), or " ;;
            *) cure= ;;
        esac
        problem subnet "$LAB_SUBNET overlaps $bad" \
            "${cure}another network: LAB_SUBNET=10.77.0.0/16 LAB_SERVER_ADDRESS=10.77.28.182 LAB_CLIENT_ADDRESS=10.77.142.133 make up"
    else
        ok subnet "$LAB_SUBNET is free"
    fi
}

# port_taken tcp|udp PORT: by a socket on any or the loopback address of this machine.
port_taken() {
    if [ -r "/proc/net/$1" ]; then
        cat "/proc/net/$1" "/proc/net/${1}6" 2>/dev/null | awk -v protocol="$1" -v port="$(printf ':%04X' "$2")" '
            $2 ~ "^(0+|0100007F|0+0100007F|0+FFFF00000100007F)" port "$" && (protocol == "udp" || $4 == "0A") { found = 1 }
            END { exit !found }'
    elif command -v lsof >/dev/null; then
        case "$1" in
            tcp) lsof -nP "-iTCP:$2" -sTCP:LISTEN >/dev/null ;;
            udp) lsof -nP "-iUDP:$2" >/dev/null ;;
        esac
    else
        return 1
    fi
}

check_ports() {
    if lab_containers | grep -q '^server-host running '; then
        ok ports "$HTTP_PORT and $ECHO_PORT are the lab's own"
        return
    fi
    taken=
    for use in "HTTP_PORT tcp $HTTP_PORT" "ECHO_PORT tcp $ECHO_PORT" "ECHO_PORT udp $ECHO_PORT"; do
        # shellcheck disable=SC2086
        set -- $use
        case "$3" in
            '' | *[!0-9]* | ??????*) problem ports "$1 is \"$3\"" 'allowed: a whole number from 1 to 65535' && return ;;
        esac
        if port_taken "$2" "$3"; then
            problem ports "$3/$2 is taken by another program" \
                "end that program (sudo ss -lntup 'sport = :$3' names it), or another port: $1=$(($3 + 10000)) make up"
            taken=yes
        fi
    done
    [ -n "$taken" ] || ok ports "$HTTP_PORT and $ECHO_PORT are free"
}

# Root may write anywhere, but in a container without capabilities root has no more rights than a file's owner.
check_captures() {
    parent=$LAB_CAPTURES_DIR
    [ -e "$parent" ] || parent=$(dirname "$parent")
    if [ -d "$parent" ] && [ -w "$parent" ] && { [ "$(id -u)" -ne 0 ] || [ -z "$(find "$parent" -maxdepth 0 ! -user "$LAB_UID")" ]; }; then
        ok captures "$LAB_CAPTURES_DIR is writable"
    else
        problem captures "$LAB_CAPTURES_DIR is not a folder that $(id -un "$LAB_UID" 2>/dev/null || echo "$LAB_UID") may write to" \
            "sudo chown $LAB_UID:$LAB_GID $LAB_CAPTURES_DIR, or another folder: LAB_CAPTURES_DIR=\$HOME/captures make up"
    fi
}
