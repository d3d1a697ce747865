# What can stop the lab, one function each, for `make doctor` and `make up`. Sourced behind lib.sh; those that
# speak of containers need `containers`.
# Each calls `ok NAME DETAIL` or `problem NAME DETAIL CURE…`, which the caller defines.

# The settings that the shell needs to be right. The programs check their own.
check_settings() {
    wrong=
    others=
    for name in HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT; do
        eval "value=\$$name"
        in_range "$value" 1 65535 || wrong="$wrong$name is \"$value\"; allowed: a whole number from 1 to 65535
"
        for other in $others; do
            [ "$value" != "$(port_of "$other")" ] || wrong="$wrong$name is \"$value\"; allowed: another than $other
"
        done
        others="$others $name"
    done
    for choice in 'LAB_TLS_MIN 1.3 1.2' 'LAB_MTLS 0 1' 'LAB_TLS_KEYLOG 0 1'; do
        # shellcheck disable=SC2086
        set -- $choice
        eval "value=\$$1"
        [ "$value" = "$2" ] || [ "$value" = "$3" ] || wrong="$wrong$1 is \"$value\"; allowed: $2, $3
"
    done
    for name in LAB_CAPTURE_FILE_MB LAB_CAPTURE_FILES LAB_CAPTURE_BUFFER_KIB; do
        eval "value=\$$name"
        in_range "$value" 1 1000000 || wrong="$wrong$name is \"$value\"; allowed: a whole number from 1 to 1000000
"
    done
    if ! is_network "$LAB_SUBNET"; then
        wrong="${wrong}LAB_SUBNET is \"$LAB_SUBNET\"; allowed: a network such as 10.0.0.0/16, of at most 30 bits
"
    else
        for name in LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS; do
            eval "value=\$$name"
            is_host "$value" "$LAB_SUBNET" || wrong="$wrong$name is \"$value\"; allowed: an address of $LAB_SUBNET, not its first two or its last
"
        done
    fi
    [ "$LAB_SERVER_ADDRESS" != "$LAB_CLIENT_ADDRESS" ] || wrong="${wrong}LAB_CLIENT_ADDRESS is \"$LAB_CLIENT_ADDRESS\"; allowed: another than LAB_SERVER_ADDRESS
"
    if [ -n "$wrong" ]; then
        problem settings "${wrong%?}" 'change it in .env or in the shell'
        return 1
    fi
    ok settings 'addresses, ports and capture limits are allowed'
}

# in_range VALUE MIN MAX: a whole number without leading zeros.
in_range() {
    case "$1" in '' | 0?* | *[!0-9]* | ????????*) return 1 ;; esac
    [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

# Numbers of IPv4 addresses and networks, for awk.
addresses='
    function number(text, part, i) {
        if (split(text, part, ".") != 4) return -1
        for (i = 1; i <= 4; i++) if (part[i] !~ /^[0-9]+$/ || part[i] > 255) return -1
        return ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4]
    }
    function parse(text, part) {
        split(text, part, "/")
        size = 2 ^ (32 - part[2])
        first = number(part[1])
        return part[2] ~ /^[0-9]+$/ && part[2] <= 32 && first >= 0
    }'

is_network() { awk -v text="$1" "$addresses"'BEGIN { exit !(parse(text) && size >= 4 && first % size == 0) }'; }

# is_host ADDRESS NETWORK: its first address is the network, its second Docker'"'"'s gateway, its last the broadcast.
is_host() {
    awk -v address="$1" -v network="$2" "$addresses"'BEGIN {
        parse(network); n = number(address); exit !(n > first + 1 && n < first + size - 1) }'
}

# overlap A B: true when the two networks share an address.
overlap() {
    awk -v a="$1" -v b="$2" "$addresses"'BEGIN {
        parse(a); low = first; high = first + size
        if (!parse(b)) exit 1
        exit !(low < first + size && first < high) }'
}

check_leftover() {
    left=$(printf '%s\n' "$containers" | awk -F '\t' '$2 == "running" { up = 1 } $1 != "" { left = left " " $1 " (" $2 ")" } END { if (!up) print substr(left, 2) }')
    if [ -n "$(other_folder)" ]; then
        problem 'leftover lab' "a lab started in $(other_folder) is here" "make -C '$(other_folder)' down"
    elif [ -n "$left" ]; then
        problem 'leftover lab' "not running: $left" 'make down'
    else
        ok 'leftover lab' none
    fi
}

# Networks this machine has a way to already, a line each: network, what it is.
networks_in_use() {
    # shellcheck disable=SC2046
    docker network inspect --format '{{$name := .Name}}{{range .IPAM.Config}}{{println .Subnet "the Docker network" $name}}{{end}}' \
        $(docker network ls --quiet --filter driver=bridge) | awk 'NF && $NF != ENVIRON["COMPOSE_PROJECT_NAME"] "_lab"'
    # Those by the bridges of Docker are above.
    if command -v ip >/dev/null; then
        ip -4 route show | awk '$1 ~ /\// && / dev / {
            for (i = 1; i < NF; i++) if ($i == "dev") dev = $(i + 1)
            if (dev !~ /^(br-|docker)/) print $1, "the route of this machine by " dev
        }'
    fi
}

check_subnet() {
    while read -r network what; do
        if [ -n "$network" ] && overlap "$LAB_SUBNET" "$network"; then
            case "$what" in
                'the Docker network bridge' | 'the route'*) cure= ;;
                *) cure="docker network rm ${what##* }, or " ;;
            esac
            problem subnet "$LAB_SUBNET overlaps $what ($network)" \
                "${cure}another network: LAB_SUBNET=10.77.0.0/16 LAB_SERVER_ADDRESS=10.77.28.182 LAB_CLIENT_ADDRESS=10.77.142.133 make up"
            return
        fi
    done <<NETWORKS
$(networks_in_use)
NETWORKS
    ok subnet "$LAB_SUBNET is free"
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
    if printf '%s\n' "$containers" | grep -q "^server-host$(printf '\t')running"; then
        ok ports 'the lab is up and has its own'
        return
    fi
    taken=
    for use in $ports; do
        port=$(port_of "$use")
        if port_taken "${use#*/}" "$port"; then
            problem ports "$port/${use#*/} is taken by another program" \
                "end that program (sudo ss -lntup 'sport = :$port' names it), or another port: ${use%/*}=$(((port + 10000) % 50000 + 1024)) make up"
            taken=yes
        fi
    done
    [ -n "$taken" ] || ok ports "$HTTP_PORT, $HTTPS_PORT, $ECHO_PORT and $ECHO_TLS_PORT are free"
}

check_captures() {
    parent=$LAB_CAPTURES_DIR
    while [ ! -e "$parent" ]; do parent=$(dirname "$parent"); done
    # Some file systems look writable, such as /proc.
    if [ -d "$parent" ] && [ -w "$parent" ] && case "$parent" in /proc* | /sys*) false ;; esac; then
        ok captures "${LAB_CAPTURES_DIR#"$PWD"/} is writable"
    else
        problem captures "$LAB_CAPTURES_DIR is not a folder that $(id -un) may write to" \
            "sudo chown $(id -u):$(id -g) $LAB_CAPTURES_DIR, or another folder: LAB_CAPTURES_DIR=\$HOME/captures make up"
    fi
}
