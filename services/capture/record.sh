# What is recorded of a capture: lines of JSON in lab.log, printed too, so that `docker logs` has what found no room.
# Sourced in the captures folder.

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# has_room: whether a megabyte can be written here. Sets `refusal` to the system's reason when not.
has_room() {
    room=.$HOST.room
    refusal=$(dd if=/dev/zero of="$room" bs=1M count=1 2>&1 >/dev/null) && refusal= ||
        refusal=$(printf '%s\n' "$refusal" | sed -n '1s/.*: //p' | tr -d '\\"')
    rm -f "$room" 2>/dev/null
    [ -z "$refusal" ]
}

unwritten=

# record NAME VALUE…: a line with these members.
record() {
    line=$(printf '{"timestamp":"%s","program":"capture","host":"%s"' "$(now)" "$HOST")
    while [ $# -gt 1 ]; do
        case "$2" in '' | *[!0-9]*) line="$line,\"$1\":\"$2\"" ;; *) line="$line,\"$1\":$2" ;; esac
        shift 2
    done
    printf '%s}\n' "$line"
    unwritten="$unwritten$line}
"
    write_record
}

# write_record: what was not written yet, once there is room for whole lines.
write_record() {
    [ -n "$unwritten" ] && [ -e lab.log ] && has_room || return 0
    { printf '%s' "$unwritten" >>lab.log; } 2>/dev/null && unwritten=
}
