#!/bin/sh
# wireshark.sh [HOST]: shows the packets of that host, server or client, in this machine's Wireshark: the present ones, then
# new ones live. Wireshark gets the lab's dissector, its ports, and the TLS keys if there are any.
set -eu
. "$(dirname "$0")/lib.sh"

host=${1:-server}
case "$host" in
    server | client) ;;
    *) stop "HOST is \"$host\"; allowed: server, client" ;;
esac

is_wsl() { grep -qi microsoft /proc/sys/kernel/osrelease 2>/dev/null; }

# The command that starts Wireshark here, or nothing. On WSL it is the Wireshark of Windows.
find_wireshark() {
    if is_wsl && [ -x '/mnt/c/Program Files/Wireshark/Wireshark.exe' ]; then
        echo '/mnt/c/Program Files/Wireshark/Wireshark.exe'
    elif command -v wireshark >/dev/null; then
        echo wireshark
    elif [ -x /Applications/Wireshark.app/Contents/MacOS/Wireshark ]; then
        echo /Applications/Wireshark.app/Contents/MacOS/Wireshark
    fi
}

how_to_get_it() {
    if is_wsl; then
        echo 'install it in Windows, in its usual folder: https://www.wireshark.org/download.html'
    elif [ "$(uname)" = Darwin ]; then
        echo 'brew install --cask wireshark, or https://www.wireshark.org/download.html'
    else
        case " $(os_field ID) $(os_field ID_LIKE) " in
            *' debian '* | *' ubuntu '*) echo 'sudo apt-get install wireshark' ;;
            *' fedora '* | *' rhel '*) echo 'sudo dnf install wireshark' ;;
            *' arch '*) echo 'sudo pacman -S wireshark-qt' ;;
            *' suse '* | *' opensuse '*) echo 'sudo zypper install wireshark' ;;
            *) echo 'https://www.wireshark.org/download.html' ;;
        esac
    fi
}

wireshark=$(find_wireshark)
if [ -z "$wireshark" ]; then
    printf 'wirelab: %s\n' 'no Wireshark was found on this machine' >&2
    printf '    %s\n' "cure: $(how_to_get_it)" 'without Wireshark: make inspect LIVE=1' >&2
    exit 1
fi

read_containers
is_up "capture-$host" ||
    stop "the lab is not up: capture-$host is not running" 'cure: make up'

use_settings_of_lab HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT
dissector=$PWD/dissector/wirelab.lua
keys=$LAB_CAPTURES_DIR/tls.keys
# It is empty until the first TLS connection.
[ -r "$keys" ] || keys=
case "$wireshark" in
    *.exe)
        dissector=$(wslpath -w "$dissector")
        [ -z "$keys" ] || keys=$(wslpath -w "$keys")
        ;;
esac

# The program in the sidecar does not notice that its reader has left, so it is ended by its id.
in_sidecar() { docker compose exec --no-TTY "capture-$host" sh -c "$@" </dev/null; }
id_file=/tmp/wireshark-$$
end() { in_sidecar '[ ! -e "$1" ] || { kill "$(cat "$1")"; rm "$1"; }' sh "$id_file" 2>/dev/null || true; }
at_exit end

say "showing packets of the $host host; close Wireshark or press Ctrl-C to end"
# It reads the file instead of a second capture: the file has the earlier packets too, and reading it needs no rights. When
# the file is full, the packets end here, because the next file has its own header.
in_sidecar 'echo $$ >"$1"; exec tail -c +1 -f "$2"' sh "$id_file" "/captures/$host.pcap" | {
    "$wireshark" -X "lua_script:$dissector" -d "tcp.port==$ECHO_PORT,wirelab" -d "udp.port==$ECHO_PORT,wirelab" \
        -d "tcp.port==$HTTP_PORT,http" -d "tcp.port==$HTTPS_PORT,tls" -d "tls.port==$HTTPS_PORT,http" \
        -d "tcp.port==$ECHO_TLS_PORT,tls" -d "tls.port==$ECHO_TLS_PORT,wirelab" ${keys:+-o "tls.keylog_file:$keys"} \
        -k -i - || true
    end
}
