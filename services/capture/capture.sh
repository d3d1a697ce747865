#!/bin/sh
# Writes the packets of this host that the filter takes to /captures/$HOST.pcap, as the owner of that folder, and watches
# that they get there. When they do not (a full disk, a file that was deleted, replaced or changed, a tcpdump that ended), it
# goes on in a new file as soon as it can and records what is missing. A full file gets a number (rotate.sh);
# $HOST.pcap is always the newest. That of the server host keeps the journals too (keep.sh).
set -u
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1-}" != as-owner ]; then
    owner=$(stat -c %u:%g /captures)
    # The groups are those of the servers, whose journals it can make again.
    exec setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --groups 10002,10003,10004 \
        --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw "$here/../host/join.sh" "$0" as-owner
fi

cd /captures || exit 1
. "$here/ring.sh"
. "$here/record.sh"
. "$here/tcpdump.sh"
. "$here/watch.sh"
. "$here/keep.sh"
. "$here/../host/journals.sh"

ending=
trap 'ending=yes' TERM INT
resume
number_all

trap : CHLD # so that a tcpdump that ends is seen at once
while [ -z "$ending" ]; do
    look
    [ -z "$why$gap" ] || go_on
    write_record
    [ "$HOST" != server ] || keep_journals
    say_state
    # An interface that is gone does not come back, except for a container that starts again.
    [ -e /sys/class/net/eth0 ] || break
    sleep 2 &
    wait $!
done
finish
[ "$HOST" != server ] || forget_kept
# Where hosts start again, Compose ends this next. A first process that has only just begun would not hear it, and Docker
# would wait 10 s.
trap - CHLD # the sleep before may end yet
[ -n "$ending" ] || { sleep 3 & wait $!; }
[ -n "$ending" ]
