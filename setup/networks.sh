# Networks and ports: what this machine uses, and what is free. Sourced by checks.sh.

# Functions of awk that turn IPv4 addresses and networks into numbers.
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

is_address() { awk -v text="$1" "$addresses"'BEGIN { exit !(number(text) >= 0) }'; }

# is_host ADDRESS NETWORK: true unless it is the first address (the network), the second (Docker's gateway) or the last
# (broadcast).
is_host() {
    awk -v address="$1" -v network="$2" "$addresses"'BEGIN {
        parse(network); n = number(address); exit !(n > first + 1 && n < first + size - 1) }'
}

# The functions below print a line for each network that this machine uses: the network, a word, and what it is. The word
# is `taken` if the lab must not overlap the network, and `warn` if it should not.

# A network that is just being removed is left out.
docker_networks() {
    # shellcheck disable=SC2046
    docker network inspect --format '{{$name := .Name}}{{range .IPAM.Config}}{{println .Subnet "taken the Docker network" $name}}{{end}}' \
        $(docker network ls --quiet) 2>/dev/null | awk 'NF && $NF != ENVIRON["COMPOSE_PROJECT_NAME"] "_lab"'
}

# The routes of all tables, because a VPN has its own table. A route wider than /8, such as 0.0.0.0/1, is part of a default
# route and is left out. Docker's bridges are left out too: docker_networks has them.
routes() {
    command -v ip >/dev/null || return 0
    { ip -4 route show table all type unicast 2>/dev/null || ip -4 route show; } | awk '{
        for (i = 1; i < NF; i++) { if ($i == "dev") dev = $(i + 1); if ($i == "via") via = $(i + 1) }
        if (dev ~ /^(br-|docker)/) next
        bits = $1 ~ /\// ? $1 : 32
        sub(/.*\//, "", bits)
        if ($1 == "default") { if (via) print via "/32 warn the gateway of this machine"; next }
        if (bits == 32) print $1 (($1 ~ /\//) ? "" : "/32"), "warn a host to which this machine has a route by", dev
        else if (bits + 0 >= 8) print $1, "taken the route of this machine by", dev
    }'
    ip -4 -o addr show 2>/dev/null | awk '$2 !~ /^(br-|docker)/ && $4 ~ /^[0-9.]+(\/32)?$/ { sub(/\/.*/, "", $4); print $4 "/32 warn an address of this machine, on " $2 }'
}

name_servers() {
    cat /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null | awk '$1 == "nameserver" && !seen[$2]++ { print $2 "/32 warn the name server" }'
}

# The client of the SSH login, also under sudo.
ssh_client() {
    client=${SSH_CONNECTION-}
    client=${client%% *}
    [ -n "$client" ] || client=$(who -m 2>/dev/null | sed -n 's/.*(\([0-9.]*\)).*/\1/p')
    [ -z "$client" ] || printf '%s/32 taken the SSH client that you are logged in from\n' "$client"
}

# Established TCP connections, unless they are with this lab.
connections() {
    [ -r /proc/net/tcp ] || return 0
    ! has_started server-host || return 0
    awk '
        function byte(at) { return index("0123456789ABCDEF", substr(remote, at, 1)) * 16 - 17 + index("0123456789ABCDEF", substr(remote, at + 1, 1)) }
        $4 == "01" { remote = $3; print byte(7) "." byte(5) "." byte(3) "." byte(1) "/32 warn the other end of a connection of this machine" }
    ' /proc/net/tcp | sort -u
}

# All networks that the lab's subnet could hide, a line each: network, taken or warn, what it is.
networks_in_use() {
    docker_networks | beside 'routes; name_servers; ssh_client; connections'
}

# beside CODE: runs CODE while its input is still being made, and prints the input, then the output of CODE.
beside() {
    beside_printed=$(eval "$1")
    cat
    printf '%s\n' "$beside_printed"
}

# Reads networks, one a line, and knows which others overlap none of them.
overlaps='
    parse($1) { low[++count] = first; high[count] = first + size }
    function is_free(network, i) {
        parse(network)
        for (i = 1; i <= count; i++) if (low[i] < first + size && first < high[i]) return 0
        return 1
    }'

# empty_network NETWORKS: a small network for documentation (RFC 5737) that overlaps none of these lines.
empty_network() {
    printf '%s\n' "$1" | awk -v process=$$ "$addresses$overlaps"'
        END {
            split("192.0.2. 198.51.100. 203.0.113.", starts, " ")
            for (n = 1; n <= 3; n++) for (i = 0; i < 32; i++) {
                network = starts[n] (process + i) % 32 * 8 "/29"
                if (is_free(network)) { print network; exit }
            }
        }'
}

# free_network NETWORKS: the settings of a network that overlaps none of these lines.
free_network() {
    printf '%s\n' "$1" | awk "$addresses$overlaps"'
        function try(start, bits, host) {
            if (done || !is_free(start (bits == 16 ? ".0.0/16" : ".0/24"))) return
            print "LAB_SUBNET=" start (bits == 16 ? ".0.0/16" : ".0/24")
            print "LAB_SERVER_ADDRESS=" start (bits == 16 ? ".28" : "") ".182"
            print "LAB_CLIENT_ADDRESS=" start (bits == 16 ? ".142" : "") ".133"
            print "LAB_WIRE_ADDRESS=" start (bits == 16 ? ".77.1" : ".77")
            done = 1
        }
        END {
            for (i = 0; i < 256; i++) try("10." (77 + i) % 256, 16)
            for (i = 16; i < 32; i++) try("172." i, 16)
            for (i = 0; i < 256; i++) try("192.168." i, 24)
            for (i = 18; i < 20; i++) try("198." i, 16)
        }'
}

# in_one_line LINES: the lines, separated by blanks.
in_one_line() { printf '%s\n' "$1" | paste -s -d ' ' -; }

another_network() {
    free=$(free_network "$1")
    if [ -n "$free" ]; then echo "another network: $(in_one_line "$free") make up"; else echo 'end the program that uses it, because no private network is free'; fi
}

# unused_network NAME: true if this Docker network has no container, not even a stopped one.
unused_network() {
    case "$1" in bridge | host | none | ingress | docker_gwbridge) return 1 ;; esac
    [ -z "$(docker ps --all --quiet --filter "network=$1")" ]
}

check_subnet() {
    networks=$(networks_in_use)
    warned=
    overlapping=$(printf '%s\n' "$networks" | awk -v lab="$LAB_SUBNET" "$addresses"'
        BEGIN { parse(lab); low = first; high = first + size }
        NF && parse($1) && low < first + size && first < high {
            found = $2 " " $1
            sub(/^[^ ]+ [^ ]+/, "")
            print found $0
        }' | sort -u)
    [ -z "$overlapping" ] || another_network=$(another_network "$networks")
    while read -r kind network what; do
        case "$kind" in
            taken)
                cure=
                case "$what" in 'the Docker network '*) ! unused_network "${what##* }" || cure="docker network rm $(quoted "${what##* }"), or " ;; esac
                problem subnet "$LAB_SUBNET overlaps $what (${network%/32})" "$cure$another_network"
                return
                ;;
            warn)
                warned=yes
                warn subnet "while the lab is up, its subnet $LAB_SUBNET hides from this machine $what (${network%/32})" "$another_network"
                ;;
        esac
    done <<OVERLAPPING
$overlapping
OVERLAPPING
    [ -n "$warned" ] || ok subnet "$LAB_SUBNET is free"
}

# The ports with a socket on the loopback address or on all addresses of this machine, a line each: port/protocol, another
# program. Only on Linux.
sockets() {
    for protocol in tcp udp; do
        cat "/proc/net/$protocol" "/proc/net/${protocol}6" 2>/dev/null | awk -v protocol="$protocol" '
            function digit(at) { return index("0123456789ABCDEF", substr(port, at, 1)) - 1 }
            (protocol == "udp" || $4 == "0A") && $2 ~ "^(0+|0100007F|0+0100007F|0+FFFF00000100007F):" {
                port = $2
                sub(/.*:/, "", port)
                print ((digit(1) * 16 + digit(2)) * 16 + digit(3)) * 16 + digit(4) "/" protocol " another program"
            }'
    done
}

# port_taken tcp|udp PORT: true if a socket has it, on systems other than Linux.
port_taken() {
    [ ! -r /proc/net/tcp ] && command -v lsof >/dev/null || return 1
    case "$1" in
        tcp) lsof -nP "-iTCP:$2" -sTCP:LISTEN >/dev/null ;;
        udp) lsof -nP "-iUDP:$2" >/dev/null ;;
    esac
}

# The ports that containers publish on the loopback address or on all addresses, a line each: port/protocol, the container.
# The engine can publish a port without a socket.
published_ports() {
    docker ps --format '{{.Names}} {{.Ports}}' | awk '{
        for (i = 2; i <= NF; i++) {
            published = $i
            sub(/,$/, "", published)
            if (published !~ /^(0\.0\.0\.0|127\.0\.0\.1|\[::\]|\[::1\]|::):[0-9-]+->/) continue
            protocol = published
            sub(/.*\//, "", protocol)
            sub(/->.*/, "", published)
            sub(/.*:/, "", published)
            last = published
            sub(/.*-/, "", last)
            for (port = published + 0; port <= last; port++) print port "/" protocol " the container " $1
        }
    }'
}

# The ports in use, a line each: port/protocol, user. Containers come first, because most published ports have a socket too.
ports_in_use() {
    published_ports | beside sockets
}

# user_of PORT/PROTOCOL LINES: the user of this port by the first of these lines, or nothing.
user_of() {
    lines="
$2
"
    user=${lines#*"
$1 "}
    if [ "$user" != "$lines" ]; then
        printf '%s' "${user%%"
"*}"
    elif port_taken "${1#*/}" "${1%/*}"; then
        printf 'another program'
    fi
}

# free_ports LINES SETTING…: NAME=port a line. Each port is free, in none of these lines, and none of the lab's ports.
free_ports() {
    used=$1
    shift
    chosen=" $HTTP_PORT $HTTPS_PORT $ECHO_PORT $ECHO_TLS_PORT $LIVE_PORT $LIVE_CLASS_PORT "
    for name; do
        port=$(printenv "$name")
        while
            port=$(((port + 100) % 64000))
            [ "$port" -ge 1024 ] || port=$((port + 1024))
            case "$chosen" in *" $port "*) true ;; *) [ -n "$(user_of "$port/tcp" "$used")$(user_of "$port/udp" "$used")" ] ;; esac
        do :; done
        chosen="$chosen$port "
        printf '%s=%s\n' "$name" "$port"
    done
}

# who_has PROTOCOL PORT: the command that shows which program has this port.
who_has() {
    if [ "$(uname -s)" = Darwin ] || ! command -v ss >/dev/null; then
        case "$1" in tcp) echo "sudo lsof -nP -iTCP:$2 -sTCP:LISTEN" ;; udp) echo "sudo lsof -nP -iUDP:$2" ;; esac
    else
        echo "sudo ss -lnp --$1 'sport = :$2'"
    fi
}

check_ports() {
    if has_started server-host; then
        ok ports 'the running lab has its ports'
        return
    fi
    used=$(ports_in_use)
    taken=
    settings=
    set --
    for use in $ports; do
        port=$(port_of "$use")
        user=$(user_of "$port/${use#*/}" "$used")
        [ -n "$user" ] || continue
        taken="$taken$port/${use#*/} is taken by $user
"
        [ "$user" != 'another program' ] || set -- "$@" "end the program that this command shows: $(who_has "${use#*/}" "$port")"
        case " $settings " in *" ${use%/*} "*) ;; *) settings="$settings ${use%/*}" ;; esac
    done
    if [ -z "$taken" ]; then
        ok ports "$HTTP_PORT, $HTTPS_PORT, $ECHO_PORT and $ECHO_TLS_PORT are free"
        return
    fi
    # shellcheck disable=SC2086
    problem ports "${taken%?}" "$@" "other ports: $(in_one_line "$(free_ports "$used" $settings)") make up"
}

# Settings for another lab on this machine, a line each. They pass the checks of make up.
settings_of_another_lab() {
    base=${COMPOSE_PROJECT_NAME%-[0-9]}
    number=2
    while [ -n "$(docker ps --all --quiet --filter "label=com.docker.compose.project=$base-$number")$(docker network ls --quiet --filter "name=^$base-${number}_lab\$")" ]; do
        number=$((number + 1))
    done
    COMPOSE_PROJECT_NAME=$base-$number
    containers=
    printf 'COMPOSE_PROJECT_NAME=%s\n%s\n%s\n' "$COMPOSE_PROJECT_NAME" "$(free_network "$(networks_in_use)")" \
        "$(free_ports "$(ports_in_use)" HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT LIVE_PORT LIVE_CLASS_PORT)"
}

# Checks the ports of the live view, unless it runs.
check_live_ports() {
    used=$(ports_in_use)
    for setting in LIVE_PORT LIVE_CLASS_PORT; do
        port=$(printenv "$setting")
        user=$(user_of "$port/tcp" "$used")
        [ -n "$user" ] || continue
        set --
        [ "$user" != 'another program' ] || set -- "end the program that this command shows: $(who_has tcp "$port")"
        problem live "$port/tcp, for the live view, is taken by $user" "$@" "another port: $(in_one_line "$(free_ports "$used" "$setting")") make live"
    done
}
