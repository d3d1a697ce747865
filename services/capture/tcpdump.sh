# Starts and ends a tcpdump. Each has a number, and its files have names with that number until they get their own. Sourced
# in the captures folder.

# run_state PID: sets `run` to Linux's letter for the state of the process; Z if it has ended.
run_state() {
    { read -r _ _ run _ <"/proc/$1/stat"; } 2>/dev/null || run=Z
}

# start_tcpdump NUMBER: sets `started` to its process id. If it can not start, this fails and sets `refusal`.
start_tcpdump() {
    has_room || return 1
    : >"/tmp/$HOST.pcap.$1.heard"
    : >"/tmp/$HOST.pcap.$1.packets"
    # With -U and --immediate-mode, a packet is in the file as soon as it has passed, so a stop loses none.
    # The length 65450: Linux sends no TCP segment of more than 65,343 bytes at once. Packets of 65,450 bytes just fit into slots of
    # 64 KiB in the kernel's buffer. With larger slots, of 128 KiB, starting would take 0.2 s more.
    tcpdump -i eth0 -n -U --immediate-mode -s 65450 -B "$LAB_CAPTURE_BUFFER_KIB" -Z root \
        -C "$LAB_CAPTURE_FILE_MB" -z "$here/rotate.sh" -w "$HOST.pcap.$1." -F "$here/filter" \
        2>>"/tmp/$HOST.pcap.$1.heard" 5<&- &
    started=$!
    until grep -q '^tcpdump: listening' "/tmp/$HOST.pcap.$1.heard"; do
        run_state "$started"
        if [ "$run" = Z ]; then
            wait "$started"
            refusal=$(tail -n 1 "/tmp/$HOST.pcap.$1.heard" | sed 's/^tcpdump: //' | tr -d '\\"')
            rm -f "$HOST.pcap.$1."
            return 1
        fi
        sleep 0.02
    done
}

# take_name NUMBER: renames the file of that tcpdump to $HOST.pcap. The file with that name gets a number.
take_name() {
    (
        flock -w 10 9
        lay_aside
        mv "$HOST.pcap.$1." "$HOST.pcap"
        echo 0 >"/tmp/$HOST.pcap.$1"
    ) 9>"/tmp/$HOST.lock"
    PIECE=$1 "$here/rotate.sh"
}

# end_tcpdump PID NUMBER: ends it, and sets `captured` and `dropped` to its counts: packets that it captured, and packets
# that the kernel had no room for. `captured` is empty if it was killed.
end_tcpdump() {
    kill -TERM "$1" 2>/dev/null
    kill -CONT "$1" 2>/dev/null
    run_state "$1"
    # A signal to this shell ends wait early.
    while [ "$run" != Z ]; do
        wait "$1"
        run_state "$1"
    done
    [ ! -e "/tmp/$HOST.pcap.$2" ] || PIECE=$2 "$here/rotate.sh"
    heard=/tmp/$HOST.pcap.$2.heard
    grep -vE '^tcpdump: listening|packets? (captured|received by filter|dropped by kernel)' "$heard" >&2
    captured=$(sed -nE 's/^([0-9]+) packets? captured$/\1/p' "$heard")
    dropped=$(sed -nE 's/^([0-9]+) packets? dropped by kernel$/\1/p' "$heard")
}

# rotated NUMBER: how many packets the full files of that tcpdump have.
rotated() { awk '{ n += $1 } END { print n + 0 }' "/tmp/$HOST.pcap.$1.packets"; }
