#!/bin/sh
# student.sh [--raw|--plain] COMMAND…: prepares the container of the client host and runs the command as the user student. The user
# student gets the user and group id of /work, which is work/ of the clone. So files made there belong to the owner of the
# clone. Docker looks the name up at each exec. Root starts the script with --raw, and student keeps NET_RAW, or
# with --plain, and student keeps nothing.
set -eu

uid=$(stat -c %u /work) gid=$(stat -c %g /work)
if [ -w /etc/passwd ]; then
    others=$(grep -v '^student:' /etc/passwd)
    printf 'student:x:%s:%s:student:/work:/bin/bash\n%s\n' "$uid" "$gid" "$others" >/etc/passwd
    others=$(grep -vE '^(student|certificates):' /etc/group)
    printf 'student:x:%s:\ncertificates:x:10001:student\n%s\n' "$gid" "$others" >/etc/group
fi
# Node keeps compiled code per user id. This one shares the code that the build compiled for 10001.
for compiled in /lab/.compile-cache/*-10001; do
    [ -e "${compiled%-*}-$uid" ] || ln -s "$compiled" "${compiled%-*}-$uid"
done

if [ "${1-}" = --raw ]; then
    shift
    export HOME=/work NMAP_PRIVILEGED=1
    exec setpriv --reuid "$uid" --regid "$gid" --groups 10001 --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw "$@"
fi
if [ "${1-}" = --plain ]; then
    shift
    export HOME=/work
    exec setpriv --reuid "$uid" --regid "$gid" --groups 10001 --inh-caps=-all --ambient-caps=-all --bounding-set=-all "$@"
fi
exec "$@"
