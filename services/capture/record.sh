# The records of a capture: lines of JSON in lab.log. They are printed too, so that `docker logs` has them when the disk is
# full. Sourced in the captures folder.

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# has_room: true if a megabyte can be written here. Otherwise sets `refusal` to the system's reason.
has_room() {
    room=.$HOST.room
    refusal=$(dd if=/dev/zero of="$room" bs=1M count=1 2>&1 >/dev/null) && refusal= ||
        refusal=$(printf '%s\n' "$refusal" | sed -n '1s/.*: //p' | tr -d '\\"')
    rm -f "$room" 2>/dev/null
    [ -z "$refusal" ]
}

unwritten=

# record NAME VALUE…: adds a record with these fields.
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

# write_record: writes the records that are not written yet, once there is room for whole lines.
write_record() {
    [ -n "$unwritten" ] && [ -e lab.log ] && has_room || return 0
    { printf '%s' "$unwritten" >>lab.log; } 2>/dev/null && unwritten=
}
