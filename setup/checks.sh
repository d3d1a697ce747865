# Checks of what can stop the lab, one function each, for `make doctor` and `make up`. Sourced after lib.sh. Those about
# containers need `containers`. Each calls `ok NAME DETAIL`, `warn NAME DETAIL CURE…` or `problem NAME DETAIL CURE…`. The
# caller defines these three.
. setup/networks.sh

# Checks the settings that scripts use. The programs check their own.
check_settings() {
    wrong=
    others=
    for name in HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT FLOW_PORT LIVE_PORT LIVE_CLASS_PORT; do
        eval "value=\$$name"
        in_range "$value" 1 65535 || wrong="$wrong$name is \"$value\"; allowed: a whole number from 1 to 65535
"
        for other in $others; do
            [ "$value" != "$(port_of "$other")" ] || wrong="$wrong$name is \"$value\"; it must differ from $other
"
        done
        others="$others $name"
    done
    for choice in 'LAB_TLS_MIN 1.3 1.2' 'LAB_MTLS 0 1' 'LAB_TLS_KEYLOG 0 1' 'LAB_CLIENT_RAW 0 1' 'LIVE_TERMINAL 0 1'; do
        # shellcheck disable=SC2086
        set -- $choice
        eval "value=\$$1"
        [ "$value" = "$2" ] || [ "$value" = "$3" ] || wrong="$wrong$1 is \"$value\"; allowed: $2, $3
"
    done
    case "$LAB_CLIENT_LANGUAGES" in
        '' | gcc | java | gcc,java | java,gcc) ;;
        *) wrong="${wrong}LAB_CLIENT_LANGUAGES is \"$LAB_CLIENT_LANGUAGES\"; allowed: nothing, gcc, java, or gcc,java
" ;;
    esac
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
            is_host "$value" "$LAB_SUBNET" || wrong="$wrong$name is \"$value\"; allowed: an address of $LAB_SUBNET, except its first two and its last
"
        done
    fi
    is_address "$LIVE_ADDRESS" || wrong="${wrong}LIVE_ADDRESS is \"$LIVE_ADDRESS\"; allowed: an IPv4 address of this machine, or 0.0.0.0 for all of them
"
    [ "$LAB_SERVER_ADDRESS" != "$LAB_CLIENT_ADDRESS" ] || wrong="${wrong}LAB_CLIENT_ADDRESS is \"$LAB_CLIENT_ADDRESS\"; it must differ from LAB_SERVER_ADDRESS
"
    if [ -n "$wrong" ]; then
        problem settings "${wrong%?}" 'change it in .env or in the shell'
        return 1
    fi
    ok settings 'addresses, ports and capture limits are valid'
}

# Checks that the kernel has the congestion control of both hosts. An engine in a virtual machine has another kernel.
check_congestion() {
    case "$LAB_TCP_CONGESTION" in
        '' | *[!a-z0-9_-]*)
            problem congestion "LAB_TCP_CONGESTION is \"$LAB_TCP_CONGESTION\"; allowed: the name of a congestion control, such as cubic" \
                'change it in .env or in the shell'
            return
            ;;
    esac
    known=${1-/proc/sys/net/ipv4/tcp_available_congestion_control}
    [ "$(uname -s)" = Linux ] && [ -r "$known" ] || return 0
    case " $(cat "$known") " in
        *" $LAB_TCP_CONGESTION "*) ok congestion "TCP of both hosts uses $LAB_TCP_CONGESTION" ;;
        *)
            problem congestion "LAB_TCP_CONGESTION is \"$LAB_TCP_CONGESTION\"; allowed by this kernel: $(sed 's/ /, /g' "$known")" \
                "choose one of these, or load it: sudo modprobe tcp_$LAB_TCP_CONGESTION"
            ;;
    esac
}

# Checks the address of the wire, and that this kernel has TUN devices.
check_wire() {
    if ! is_host "$LAB_WIRE_ADDRESS" "$LAB_SUBNET" || [ "$LAB_WIRE_ADDRESS" = "$LAB_SERVER_ADDRESS" ] || [ "$LAB_WIRE_ADDRESS" = "$LAB_CLIENT_ADDRESS" ]; then
        problem wire "LAB_WIRE_ADDRESS is \"$LAB_WIRE_ADDRESS\"; allowed: an address of $LAB_SUBNET that no host has, except its first two and its last" \
            'change it in .env or in the shell'
    elif ! has_tun; then
        problem wire 'the wire needs /dev/net/tun, which this machine does not have' 'sudo modprobe tun'
    fi
}

# has_tun: true if the engine may have TUN devices. One in a virtual machine has its own.
has_tun() { [ "$(uname -s)" != Linux ] || [ -c /dev/net/tun ]; }

# in_range VALUE MIN MAX: true for a whole number without leading zeros in that range.
in_range() {
    case "$1" in '' | 0?* | *[!0-9]* | ????????*) return 1 ;; esac
    [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

check_leftover() {
    left=$(printf '%s\n' "$containers" | awk -F '\t' '$2 ~ /^(running|paused)$/ { up = 1 } $1 != "" { left = left " " $1 " (" $2 ")" } END { if (!up) print substr(left, 2) }')
    if [ -n "$left" ]; then
        problem 'leftover lab' "not running: $left" 'make down'
    else
        ok 'leftover lab' 'there is none'
    fi
}

check_captures() { check_folder captures LAB_CAPTURES_DIR; }
check_work() { check_folder work LAB_WORK_DIR; }

# check_folder NAME SETTING: checks the folder, or the place where make up would make it.
check_folder() {
    folder=$(printenv "$2")
    parent=$folder
    while [ ! -e "$parent" ]; do parent=$(dirname -- "$parent"); done
    elsewhere="another folder: $2=\$HOME/$1 make up"
    if [ ! -d "$parent" ] || case "$parent" in /proc* | /sys* | /dev*) true ;; *) false ;; esac; then
        # Some file systems only look writable, such as /proc.
        problem "$1" "$folder is not a folder that $(id -un) may write to" "$elsewhere"
    elif [ ! -w "$parent" ] || [ ! -x "$parent" ]; then
        problem "$1" "$folder is not a folder that $(id -un) may write to" \
            "sudo mkdir -p $(quoted "$folder") && sudo chown $(id -u):$(id -g) $(quoted "$folder"), or $elsewhere"
    elif case "$(df -P "$parent" | awk 'NR == 2 { print $1 }')" in [A-Z]:*) true ;; *) false ;; esac; then
        warn "$1" "$folder is on a Windows drive, which keeps neither owners nor modes of files" \
            'clone into the home folder of WSL; it is faster too'
    else
        ok "$1" "${folder#"$PWD"/} is writable"
    fi
}
