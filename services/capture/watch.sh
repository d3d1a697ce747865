# Checks that packets get into the file, and goes on in a new file if they do not. Sourced in the captures folder. It asks
# tcpdump for its counts by a signal, because the interface also counts packets that the filter leaves out.

pid='' piece=0 count=0 refused=0 noted=0 before_count=0 gap='' cause='' why='' lost=0 unseen_from='' at=''

# packets_seen: sets `seen` to what eth0 has sent and received.
packets_seen() {
    seen=0
    { read -r received </sys/class/net/eth0/statistics/rx_packets && read -r sent </sys/class/net/eth0/statistics/tx_packets &&
        seen=$((received + sent)); } 2>/dev/null
}

# link: the number of the interface. A host that starts again has a new interface, which counts from 0.
link() { cat /sys/class/net/eth0/iflink 2>/dev/null; }

# find_file: sets `file` to the file that tcpdump writes, if it is still there under its name.
find_file() {
    for file in "/proc/$pid/fd/"*; do
        for name in "$HOST.pcap" "$HOST.pcap.$piece."*; do
            [ ! "$file" -ef "$name" ] || return 0
        done
    done
    return 1
}

# hold_file: keeps that file open as descriptor 5, and sets `at` to the position of tcpdump in it.
hold_file() {
    if [ ! "$file" -ef "/proc/$$/fd/5" ]; then
        command exec 5<"$file" || return 1
        file_from=$(now) printed_at=
    fi 2>/dev/null
    while read -r key value; do
        [ "$key" != pos: ] || at=$value
    done <"/proc/$pid/fdinfo/${file##*/}"
}

# bytes_before OFFSET: the 16 bytes before it in that file, in hex.
bytes_before() { od -An -tx1 -j "$(($1 - 16))" -N 16 "/proc/$$/fd/5"; }

# is_changed: true if another program has changed what tcpdump wrote.
is_changed() {
    [ -s "/proc/$$/fd/5" ] || return 0
    [ "$at" != "$printed_at" ] || return 1
    [ -z "$printed_at" ] || [ "$(bytes_before "$printed_at")" = "$print" ] || return 0
    printed_at=$at print=$(bytes_before "$at")
    return 1
}

# answer: if tcpdump has answered, sets `count` to the packets that it captured and `refused` to those that the kernel
# dropped.
answer() {
    answered=
    while read -r who n _ what _ _ _ _ _ no_room _; do
        [ "$who $what" != 'tcpdump: captured,' ] || answered=yes count=$n refused=$no_room
    done <"/tmp/$HOST.pcap.$piece.heard"
    [ -n "$answered" ]
}

ask() {
    : >"/tmp/$HOST.pcap.$piece.heard"
    kill -USR1 "$pid"
    asked_at=$at
    read -r asked_uptime _ </proc/uptime
}

# note_dropped COUNT: records the packets that the kernel dropped since the last question. COUNT is the total.
note_dropped() {
    [ "$1" -gt "$noted" ] || return 0
    read -r uptime _ </proc/uptime
    ago=$((${uptime%.*} - ${before_uptime%.*} + 1))
    record event gap from "$(date -u -d "$ago seconds ago" +%Y-%m-%dT%H:%M:%SZ)" to "$(now)" \
        dropped $(($1 - noted)) reason 'the kernel had no room for them'
    noted=$1
}

# is_whole: true if the files have all packets that tcpdump counted. It counts them only if the disk is full.
is_whole() {
    has_room && return
    in_files=$(($(packets_in "$HOST.pcap") + $(rotated "$piece")))
    [ "$in_files" -lt "$count" ] || return 0
    before_count=$in_files
    return 1
}

# is_stuck: true if tcpdump captured packets and its file did not grow. Count and length can not be read at the same
# moment, so the length must be the same before and after.
is_stuck() {
    stuck=
    if [ -n "$asked_at" ]; then
        if answer; then
            if [ "$at" = "$asked_at" ] && [ "$count" -gt "$before_count" ]; then
                if [ "$asked_at" = "$before_at" ] || ! is_whole; then stuck=yes; fi
            fi
            [ -n "$stuck$gap" ] || before_count=$count
            note_dropped "$refused"
            before_at=$asked_at before_uptime=$asked_uptime asked_at='' silent=0
        else
            silent=$((silent + 1))
            [ "$silent" -lt 5 ] || stuck=yes
        fi
    fi
    packets_seen
    if [ -z "$asked_at" ] && [ "$seen $at" != "$seen_before $before_at" ]; then
        ask
        seen_before=$seen
    fi
    [ -n "$stuck" ]
}

# look: sets `why` if packets do not get into the file.
look() {
    why=
    [ -n "$pid" ] || { why='tcpdump does not run'; return; }
    run_state "$pid"
    case "$run" in
        Z) why='tcpdump ended' && return ;;
        # It was stopped. Its buffer still has the packets.
        T) kill -CONT "$pid" ;;
    esac
    if ! find_file || ! hold_file; then
        # Only the second time counts: a file may just be getting its number.
        away=$((away + 1))
        [ "$away" -lt 2 ] || if [ -e "$HOST.pcap" ]; then why="$HOST.pcap was replaced"; else why="$HOST.pcap was deleted"; fi
        return
    fi
    away=0
    if is_changed; then
        why="$HOST.pcap was changed by another program"
    elif is_stuck; then
        why='the file could not be written'
    fi
}

# settle: ends tcpdump, and adds the packets that it captured and did not write to `lost`.
settle() {
    end_tcpdump "$pid" "$piece"
    case "$cause" in
        *changed*) in_files=$(rotated "$piece") ;;
        *)
            case "$cause" in *replaced*) ;; *) trim "$HOST.pcap" ;; esac
            in_files=$(($(packets_in "$HOST.pcap") + $(rotated "$piece")))
            ;;
    esac
    captured=${captured:-$count}
    [ "$captured" -le "$in_files" ] || lost=$((lost + captured - in_files))
    packets_seen
    note_dropped "${dropped:-$refused}"
    record event end captured "$in_files" interface "$seen" link "$(link)"
    pid='' unseen_from=$seen
}

# begin_gap REASON
begin_gap() {
    gap=$1 cause=$1
    case "$1" in
        'the file could not be written') gap_from=$(TZ=UTC date -r "/proc/$$/fd/5" +%Y-%m-%dT%H:%M:%SZ) ;;
        "$HOST.pcap "*) gap_from=$file_from ;;
        *) gap_from=$(now) ;;
    esac
    packets_seen
    [ -n "$pid" ] || unseen_from=${unseen_from:-$seen}
    printf 'packets are missing since %s: %s\n' "$gap_from" "$gap" >&2
}

end_gap() {
    [ -z "$unseen_from" ] || lost=$((lost + seen - unseen_from))
    [ "$lost" -le 0 ] || record event gap from "$gap_from" to "$(now)" packets "$lost" reason "$gap"
    gap='' cause='' lost=0
}

# resume: continues a capture of this run that ended. Its last record has the count of the interface at that time.
resume() {
    last=$(grep "\"program\":\"capture\",\"host\":\"$HOST\".*\"link\":$(link)}" lab.log 2>/dev/null | tail -n 1)
    [ -n "$last" ] || return 0
    gap_from=$(printf '%s\n' "$last" | sed 's/^{"timestamp":"\([^"]*\)".*/\1/')
    unseen_from=$(printf '%s\n' "$last" | sed 's/.*"interface":\([0-9]*\).*/\1/')
    gap='the capture was stopped'
    case "$last" in *'"event":"end"'*) return ;; esac
    # It was killed: its files have the packets since then.
    in_files=0
    trim "$HOST.pcap"
    # These names have no blanks.
    # shellcheck disable=SC2044
    for written in $(find . -maxdepth 1 -name "$HOST.*pcap" -newermt "$gap_from"); do
        in_files=$((in_files + $(packets_in "$written")))
    done
    unseen_from=$((unseen_from + in_files))
    gap='the capture was killed'
    [ ! -e "$HOST.pcap" ] || gap_from=$(TZ=UTC date -r "$HOST.pcap" +%Y-%m-%dT%H:%M:%SZ)
    record event end captured "$in_files" interface "$unseen_from" link "$(link)"
}

# go_on: continues in a new file, as soon as there can be one. Until then packets are missing.
go_on() {
    [ -n "$gap" ] || [ "$piece" -eq 0 ] || begin_gap "$why"
    [ "$why" != 'tcpdump ended' ] || settle
    if ! start_tcpdump "$((piece + 1))"; then
        [ -n "$gap" ] || begin_gap "$refusal"
        packets_seen
        gap=$refusal
        return
    fi
    if [ -n "$pid" ]; then settle && unseen_from=; fi
    pid=$started piece=$((piece + 1))
    take_name "$piece"
    packets_seen
    [ -z "$gap" ] || end_gap
    record event begin interface "$seen" link "$(link)"
    read -r before_uptime _ </proc/uptime
    count=0 refused=0 noted=0 before_count=0 before_at=24 asked_at='' seen_before='' unseen_from='' silent=0 away=0
    find_file && hold_file
}

# finish: ends the capture for good.
finish() {
    [ -z "$pid" ] || settle && unseen_from=
    if [ -z "$gap" ] && [ "$lost" -gt 0 ]; then
        begin_gap 'the file could not be written'
        has_room || gap=$refusal
    fi
    packets_seen
    [ -z "$gap" ] || end_gap
}

# say_state: writes the state for the health check, make status and make doctor: `capturing` if all is well.
say_state() {
    : >/tmp/watched
    state=capturing
    if [ -n "$gap" ]; then
        missing=$lost
        if [ -n "$pid" ]; then
            missing=$((missing + count - before_count))
        else
            missing=$((missing + seen - unseen_from))
        fi
        state="$missing packets are missing since $gap_from: $gap"
    fi
    [ "$state" = "${said_state-}" ] || printf '%s\n' "$state" >/tmp/state
    said_state=$state
}
