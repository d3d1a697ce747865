# The files of a capture: $HOST.pcap is the newest, and older ones have numbers, $HOST.0001.pcap and so on. Sourced in the
# captures folder. A caller that renames them holds the lock.

# named PATTERN: the files here whose name matches this extended regular expression completely.
named() { find . -maxdepth 1 | sed -nE "s|^\./($1)\$|\1|p"; }

# numbered: the files with a number, the oldest first. After 9999, a number has five digits.
numbered() {
    named "$HOST\.[0-9]+\.pcap" | sort -t . -k 2n
}

# lay_aside: gives $HOST.pcap the next number, or removes it if it has no packet. A file that was emptied while tcpdump
# wrote it begins with zeros.
lay_aside() {
    [ -e "$HOST.pcap" ] || return 0
    if [ "$(stat -c %s "$HOST.pcap")" -le 24 ] || [ "$(od -An -tx1 -N 4 "$HOST.pcap")" = ' 00 00 00 00' ]; then
        rm -f "$HOST.pcap"
        return
    fi
    last=$(numbered | tail -n 1 | sed -E "s/^$HOST\.0*([0-9]+)\.pcap$/\1/")
    mv "$HOST.pcap" "$(printf '%s.%04d.pcap' "$HOST" $((${last:-0} + 1)))"
}

# number_all: gives numbers to the files of this run that are here already; the capture goes on in the next file. A killed
# tcpdump can have left files without a number.
number_all() {
    lay_aside
    for left in $(named "$HOST\.pcap\.[0-9]+\.[0-9]*" | sort -t . -k 3n -k 4n); do
        mv "$left" "$HOST.pcap"
        lay_aside
    done
}

# keep_newest: removes the oldest files beyond LAB_CAPTURE_FILES, $HOST.pcap being one of them, and records it.
keep_newest() {
    numbered | head -n "-$((LAB_CAPTURE_FILES - 1))" | while read -r old; do
        removed=$(packets_in "$old")
        rm -f "$old" && record event removed file "$old" removed "$removed"
    done
}

# packets_in FILE: how many packets it has. A damaged file counts up to the damage.
packets_in() {
    capinfos -TrMc "$1" 2>/dev/null | awk -F '\t' 'NR == 1 { n = $2 } END { print n + 0 }'
}

# trim FILE: removes an incomplete packet at the end, so that every program can read the file. It changes only files that
# tcpdump wrote, never a file that Wireshark has saved in another format.
trim() {
    [ "$(od -An -tx1 -N 4 "$1" 2>/dev/null)" = ' d4 c3 b2 a1' ] || return 0
    size=$(stat -c %s "$1" 2>/dev/null) || return 0
    written=$(stat -c %y "$1")
    whole=$(capinfos -TrMcd "$1" 2>/dev/null | awk -F '\t' 'NR == 1 { print 24 + 16 * $2 + $3 }')
    # A longer rest is no packet, so the file is something else.
    [ "${whole:-0}" -lt 24 ] || [ "$whole" -ge "$size" ] || [ $((size - whole)) -gt 65551 ] ||
        { truncate -s "$whole" "$1" && touch -d "$written" "$1"; }
}
